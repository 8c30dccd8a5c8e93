import { describe, expect, it } from "@jest/globals";
import { forAnyHistory, forAnyStep } from "../__fixtures__/histories.js";
import { applyEntry, isBalanced } from "../accounting/credits.js";
import { defaultPolicy } from "../policy/policy.js";
import { isTerminal, openStart, paidAttempts, watchedAttempts } from "./job.js";
import { holdEntry } from "./new-job.js";
import { progressOf } from "./progress.js";
import { transition } from "./transition.js";

describe("over any history of events", () => {
  it("what a job held is captured or released exactly once, and its account stays balanced", () => {
    forAnyHistory((history) => {
      const granted = { granted: 100, balance: 100, held: 0, spent: 0 };
      const lines = [holdEntry(history.start), ...history.ledger];
      expect(new Set(lines.map((line) => line.id)).size).toBe(lines.length);
      let account = granted;
      for (const line of lines) {
        account = applyEntry(account, line) ?? account;
        expect(isBalanced(account)).toBe(true);
      }
      const { end } = history;
      expect(account.held).toBe(isTerminal(end) ? end.heldCredits : history.start.heldCredits);
      expect(account.spent).toBe(end.chargedCredits);
      const kept = end.cancellation?.chargedCredits ?? 0;
      expect(end.chargedCredits > kept).toBe(end.status === "completed");
      // After its end only a cancelled job holds anything: while it is being stopped.
      if (isTerminal(end) && end.heldCredits > 0) {
        const isAsked = end.outbox.some(({ type }) => type === "cancel_operation");
        expect([end.status, isAsked || openStart(end) !== undefined]).toEqual(["cancelled", true]);
      }
    });
  });

  it("a job that has ended stays as it ended", () => {
    forAnyStep(({ before, after }) => {
      if (!isTerminal(before)) return;
      expect(after.status).toBe(before.status);
      expect(after.endedAt).toBe(before.endedAt);
      expect(after.output).toEqual(before.output);
      expect(after.error).toEqual(before.error);
      expect(after.next).toBeNull();
    });
  });

  it("the version grows by one and progress never goes down", () => {
    forAnyStep(({ before, after, now }) => {
      expect(after.version).toBe(before.version + 1);
      expect(after.progressPercent).toBeGreaterThanOrEqual(before.progressPercent);
      expect(progressOf(after, now).percent).toBeGreaterThanOrEqual(progressOf(before, now).percent);
      expect(progressOf(after, now).percent).toBeLessThanOrEqual(100);
    });
  });

  it("there is never more than one open start, nor more than one running attempt", () => {
    forAnyStep(({ after }) => {
      const open = after.attempts.filter(({ state }) => state === "starting" || state === "ambiguous");
      expect(open.length).toBeLessThanOrEqual(1);
      expect(after.attempts.filter(({ state }) => state === "running").length).toBeLessThanOrEqual(1);
    });
  });

  it("no more attempts are paid than the policy allows", () => {
    forAnyStep(({ after }) => {
      expect(paidAttempts(after)).toBeLessThanOrEqual(defaultPolicy.limits.maxAttempts);
      const { maxAttempts, maxRefusals } = defaultPolicy.limits;
      expect(after.attempts.length).toBeLessThanOrEqual(maxAttempts + maxRefusals);
    });
  });

  it("the provider's handle of an attempt is written once and kept", () => {
    forAnyStep(({ before, after }) => {
      for (const [index, attempt] of before.attempts.entries()) {
        if (attempt.operation === null) continue;
        expect(after.attempts[index]?.operation).toEqual(attempt.operation);
        expect(after.attempts[index]?.acceptedAt).toBe(attempt.acceptedAt);
      }
    });
  });

  it("a finished generation is the one that is used, or recorded as wasted", () => {
    forAnyStep(({ after }) => {
      const useful = after.attempts.filter(({ state, wasted }) => state === "succeeded" && !wasted);
      expect(useful.length).toBe(after.status === "storing" || after.status === "completed" ? 1 : 0);
    });
  });

  it("somebody will look after every job that is not over, and every effect that is owed", () => {
    forAnyStep(({ after, now }) => {
      const starting = after.attempts.some((attempt) => attempt.state === "starting");
      const watched = watchedAttempts(after).length > 0;
      const owed = !isTerminal(after) || after.outbox.length > 0 || starting || watched;
      expect(after.checkAt !== null).toBe(owed);
      expect(new Set(after.outbox.map((effect) => effect.id)).size).toBe(after.outbox.length);
      if (after.checkAt !== null) expect(after.checkAt).toBeGreaterThan(Math.min(now, after.deadlineAt));
    });
  });

  it("a job that waits, works or stores knows its next step", () => {
    forAnyStep(({ after }) => {
      if (after.status === "queued") expect(after.next?.step).toBe("start");
      if (after.status === "storing") {
        const number = (after.next?.step === "store" && after.next.attempt) || 0;
        expect(after.attempts[number - 1]).toMatchObject({ state: "succeeded", wasted: false });
      }
      if (after.status === "generating") {
        expect(after.next).toBeNull();
        expect(after.attempts.filter(({ state }) => state === "running").length).toBe(1);
      }
    });
  });

  it("the owner is notified once for each job that ended, and told one reason", () => {
    forAnyHistory(({ end, notified }) => {
      expect(notified).toBe(isTerminal(end) ? 1 : 0);
      expect(end.error !== null).toBe(end.status === "failed" || end.status === "cancelled");
      expect(end.output !== null).toBe(end.status === "completed");
    });
  });

  it("a database transaction may run a step twice: it changes nothing it was given", () => {
    forAnyStep(({ before, after, happening, now }) => {
      const again = transition(deepFreeze(structuredClone(before)), happening, now, defaultPolicy);
      expect(again?.job).toEqual(after);
    });
  });
});

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
