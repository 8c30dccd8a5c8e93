import { describe, expect, it } from "@jest/globals";
import { event, exampleJob, startedAt } from "../__fixtures__/jobs.js";
import { plainPrices } from "../__fixtures__/policies.js";
import { defaultPolicy } from "../policy/policy.js";
import type { JobEvent } from "./event.js";
import type { Job } from "./job.js";
import { transition } from "./transition.js";

/** Runs events a second apart; every one must count. */
function jobAfter(...events: readonly JobEvent[]): Job {
  let now = startedAt;
  return events.reduce((job, next) => {
    now += 1_000;
    const step = transition(job, next, now, plainPrices);
    if (step === null) throw new Error(`${next.type} was absorbed`);
    return step.job;
  }, exampleJob());
}

const generating = [event.claim(1), event.accepted(1)];
const settled = (job: Job): Job => ({ ...job, outbox: [] });
const states = {
  queued: exampleJob(),
  starting: jobAfter(event.claim(1)),
  ambiguous: jobAfter(event.claim(1), event.unanswered(1)),
  generating: jobAfter(...generating),
  storing: jobAfter(...generating, event.succeeded(1)),
  completed: settled(jobAfter(...generating, event.succeeded(1), event.stored(1))),
  failed: settled(jobAfter(...generating, event.failed(1, "content_blocked"))),
  cancelled: settled(jobAfter(...generating, event.cancel())),
};

/** Late enough for each event to be due, and no later. */
const events: Record<string, [JobEvent, afterSeconds: number]> = {
  claim: [event.claim(2), 31],
  "first claim": [event.claim(1), 31],
  resent: [event.resent(1, startedAt + 90_000), 31],
  accepted: [event.accepted(1), 31],
  refused: [event.refused(1), 31],
  unanswered: [event.unanswered(1), 31],
  withheld: [event.withheld(1), 31],
  "ambiguity expired": [event.ambiguityExpired(1), 1_000],
  postponed: [event.postponed(startedAt + 60_000), 31],
  impossible: [event.impossible(), 31],
  succeeded: [event.succeeded(1), 31],
  "operation failed": [event.failed(1), 31],
  "operation missing": [event.ended(1, "missing"), 31],
  "timed out": [event.timedOut(1), 400],
  deadline: [event.deadline(), 3_600],
  stored: [event.stored(1), 31],
  "store failed": [event.storeFailed(1, false), 31],
  cancel: [event.cancel(), 31],
  "cancel answered": [event.cancelAnswered(1, true), 31],
  "cancelled too late": [event.cancelledTooLate(1, { status: "cancelled" }), 31],
  "late result due": [event.lateResultDue(1), 930],
};

/** Every status times every event: the status that follows. What is not listed is absorbed. */
const table: Record<keyof typeof states, Partial<Record<keyof typeof events, Job["status"]>>> = {
  queued: {
    "first claim": "queued",
    postponed: "queued",
    impossible: "failed",
    deadline: "failed",
    cancel: "cancelled",
  },
  starting: {
    resent: "queued",
    accepted: "generating",
    refused: "queued",
    unanswered: "queued",
    withheld: "queued",
    deadline: "failed",
    cancel: "cancelled",
  },
  ambiguous: {
    accepted: "generating",
    refused: "queued",
    withheld: "queued",
    "ambiguity expired": "queued",
    deadline: "failed",
    cancel: "cancelled",
  },
  generating: {
    succeeded: "storing",
    "operation failed": "queued",
    "operation missing": "queued",
    "timed out": "queued",
    deadline: "failed",
    cancel: "cancelled",
  },
  storing: { stored: "completed", "store failed": "queued", cancel: "cancelled" },
  completed: {},
  failed: {},
  // What becomes of the generation that nobody waits for is recorded, and that is all.
  cancelled: {
    succeeded: "cancelled",
    "operation failed": "cancelled",
    "operation missing": "cancelled",
    "late result due": "cancelled",
  },
};

const cases = Object.entries(states).flatMap(([name, job]) =>
  Object.entries(events).map(([what, [happening, seconds]]) => {
    const expected = table[name as keyof typeof states][what] ?? null;
    return { name, what, expected, job, happening, now: startedAt + seconds * 1_000 };
  }),
);

describe("what an event does to a job", () => {
  it.each(cases)("$name + $what → $expected", ({ job, happening, now, expected }) => {
    const step = transition(job, happening, now, defaultPolicy);
    expect(step?.job.status ?? null).toBe(expected);
    if (step === null) return;
    expect(step.job.version).toBe(job.version + 1);
    expect(step.job.updatedAt).toBe(now);
  });

  it.each(["completed", "failed", "cancelled"] as const)(
    "never moves money once a job is %s and holds none",
    (status) => {
      for (const [happening, seconds] of Object.values(events)) {
        const step = transition(states[status], happening, startedAt + seconds * 1_000, plainPrices);
        expect(step?.ledger ?? []).toEqual([]);
        expect(step?.job.next ?? null).toBeNull();
      }
    },
  );
});

describe("an event that comes too early", () => {
  it.each<[string, keyof typeof states, JobEvent, number]>([
    ["a deadline", "generating", event.deadline(), 3_599],
    ["a time-out", "generating", event.timedOut(1), 361],
    ["the end of the wait for an answer", "ambiguous", event.ambiguityExpired(1), 901],
    ["a second send while the first may be alive", "starting", event.resent(1, startedAt + 60_000), 29],
  ])("is absorbed: %s", (_name, state, happening, seconds) => {
    expect(transition(states[state], happening, startedAt + seconds * 1_000, defaultPolicy)).toBeNull();
  });
});

describe("an event about an attempt that does not exist", () => {
  it.each(Object.values(states))("is absorbed in $status", (job) => {
    for (const number of [0, -1, 7, 1.5]) {
      const strange = [
        event.claim(number),
        event.accepted(number),
        event.refused(number),
        event.succeeded(number),
        event.stored(number),
        event.storeFailed(number, true),
        event.cancelAnswered(number, true),
      ];
      for (const happening of strange) {
        expect(transition(job, happening, startedAt + 31_000, defaultPolicy)).toBeNull();
      }
    }
  });
});

describe("a repeated event", () => {
  it.each<[string, keyof typeof states, JobEvent, number]>([
    ["claim", "queued", event.claim(1), 1],
    ["acceptance", "starting", event.accepted(1), 1],
    ["refusal", "starting", event.refused(1), 1],
    ["unanswered start", "starting", event.unanswered(1), 1],
    ["second send", "starting", event.resent(1, startedAt + 90_000), 31],
    ["expiry", "ambiguous", event.ambiguityExpired(1), 1_000],
    ["success", "generating", event.succeeded(1), 1],
    ["failure", "generating", event.failed(1), 1],
    ["time-out", "generating", event.timedOut(1), 400],
    ["deadline", "generating", event.deadline(), 3_600],
    ["stored file", "storing", event.stored(1), 1],
    ["useless file", "storing", event.storeFailed(1, false), 1],
    ["cancellation", "generating", event.cancel(), 1],
  ])("changes nothing: %s", (_name, state, happening, seconds) => {
    const now = startedAt + seconds * 1_000;
    const once = transition(states[state], happening, now, defaultPolicy);
    if (once === null) throw new Error("absorbed the first time");
    expect(transition(once.job, happening, now, defaultPolicy)).toBeNull();
  });
});
