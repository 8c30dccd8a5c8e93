import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { event, exampleJob, startedAt } from "./__fixtures__/jobs.js";
import { applyEntry, isBalanced, type LedgerEntry } from "./credits.js";
import { isTerminal, type Job, openStart, paidAttempts } from "./job.js";
import type { JobEvent, Transition } from "./job-event.js";
import { holdEntry } from "./new-job.js";
import { defaultPolicy } from "./policy.js";
import { progressOf } from "./progress.js";
import { transition } from "./transition.js";

/** One random step: some time passes, and one of the events that could be heard of then. */
interface Step {
  readonly waitSeconds: number;
  readonly choice: number;
  /** Also events that fit nothing, as a bug or an attacker would send them. */
  readonly wild: boolean;
}

const steps = fc.array(
  fc.record({
    waitSeconds: fc.constantFrom(0, 0, 1, 20, 61, 400, 1_000),
    choice: fc.nat(10_000),
    wild: fc.boolean(),
  }),
  { maxLength: 40 },
);

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
      const settled = isTerminal(history.end);
      expect(account.held).toBe(settled ? 0 : history.start.heldCredits);
      expect(account.spent).toBe(history.end.chargedCredits);
      expect(history.end.chargedCredits > 0).toBe(history.end.status === "completed");
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
      const owed = !isTerminal(after) || after.outbox.length > 0;
      expect(after.checkAt !== null).toBe(owed);
      expect(new Set(after.outbox.map((effect) => effect.id)).size).toBe(after.outbox.length);
      if (after.checkAt !== null) expect(after.checkAt).toBeGreaterThan(Math.min(now, after.deadlineAt));
    });
  });

  it("a job that waits, works or stores knows its next step", () => {
    forAnyStep(({ after }) => {
      if (after.status === "queued") expect(after.next?.step).toBe("start");
      if (after.status === "storing") {
        const number = after.next?.step === "store" ? after.next.attempt : 0;
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

interface History {
  readonly start: Job;
  readonly end: Job;
  readonly ledger: readonly LedgerEntry[];
  readonly notified: number;
}

interface TakenStep {
  readonly before: Job;
  readonly after: Job;
  readonly happening: JobEvent;
  readonly now: number;
}

function forAnyHistory(check: (history: History) => void): void {
  fc.assert(
    fc.property(steps, (some) => {
      const start = exampleJob();
      const taken = play(start, some);
      const notices = new Set(
        taken.flatMap(({ after }) => after.outbox.filter((one) => one.type === "notify")),
      );
      check({
        start,
        end: taken.at(-1)?.after ?? start,
        ledger: taken.flatMap(({ ledger }) => ledger),
        notified: new Set([...notices].map(({ id }) => id)).size,
      });
    }),
    { numRuns: 1_000 },
  );
}

function forAnyStep(check: (step: TakenStep) => void): void {
  fc.assert(
    fc.property(steps, (some) => {
      for (const step of play(exampleJob(), some)) check(step);
    }),
    { numRuns: 1_000 },
  );
}

function play(start: Job, some: readonly Step[]): (TakenStep & Pick<Transition, "ledger">)[] {
  const taken: (TakenStep & Pick<Transition, "ledger">)[] = [];
  let job = start;
  let now = startedAt;
  for (const { waitSeconds, choice, wild } of some) {
    now += waitSeconds * 1_000;
    const possible = wild ? anyEvent(job, now) : likelyEvents(job, now);
    const happening = possible[choice % possible.length];
    if (happening === undefined) continue;
    const step = transition(job, happening, now, defaultPolicy);
    if (step === null) continue;
    taken.push({ before: job, after: step.job, happening, now, ledger: step.ledger });
    job = step.job;
  }
  return taken;
}

/** What the world would say next about a job in this state, good and bad. */
function likelyEvents(job: Job, now: number): JobEvent[] {
  const open = openStart(job);
  const likely: JobEvent[] = [event.deadline()];
  if (open !== undefined) likely.push(...startEvents(open.number, now));
  else if (job.status === "queued") likely.push(event.claim(job.attempts.length + 1, {}, now + 30_000));
  for (const attempt of job.attempts) {
    if (attempt.operation === null && attempt.state === "abandoned")
      likely.push(event.accepted(attempt.number));
    if (attempt.state !== "running" && attempt.state !== "abandoned") continue;
    likely.push(event.succeeded(attempt.number), event.failed(attempt.number, "processing_failed", 5));
    likely.push(event.timedOut(attempt.number));
  }
  if (job.next?.step === "store") {
    likely.push(event.stored(job.next.attempt), event.storeFailed(job.next.attempt, false));
    likely.push(event.storeFailed(job.next.attempt, true, "upload_failed"));
  }
  return likely;
}

function startEvents(number: number, now: number): JobEvent[] {
  return [
    event.accepted(number),
    event.refused(number),
    event.unanswered(number, true),
    event.unanswered(number, false),
    event.resent(number, now + 30_000),
    event.ambiguityExpired(number),
  ];
}

/** Every kind of event about every attempt, whether it makes sense or not. */
function anyEvent(job: Job, now: number): JobEvent[] {
  const numbers = [...job.attempts.map((attempt) => attempt.number), job.attempts.length + 1];
  return [
    event.cancel(),
    event.deadline(),
    event.impossible(),
    event.postponed(now + 5_000),
    event.delivered(job.outbox.slice(0, 1).map((effect) => effect.id)),
    ...numbers.flatMap((number) => [
      ...startEvents(number, now),
      event.claim(number, {}, now + 30_000),
      event.refused(number, "content_blocked"),
      event.succeeded(number, 7),
      event.failed(number, "content_blocked"),
      event.ended(number, "cancelled"),
      event.ended(number, "missing"),
      event.timedOut(number),
      event.stored(number, 3),
      event.stored(number, 99),
      event.storeFailed(number, true),
      event.cancelAnswered(number, number % 2 === 0),
    ]),
  ];
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
