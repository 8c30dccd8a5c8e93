import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { OperationStatus } from "../provider/provider.js";
import { decidePoll, mustWait, type NoAnswer, nextPollAt, type PollDecision } from "./poll.js";
import type { PollTask, PollTiming } from "./tasks.js";

const acceptedAt = Date.UTC(2026, 10, 21);
const timing: PollTiming = {
  key: "job:a1",
  acceptedAt,
  p50Seconds: 120,
  floorMs: 5_000,
  timeoutAt: acceptedAt + 600_000,
};

const anyTiming = fc.record({
  key: fc.string(),
  acceptedAt: fc.constant(acceptedAt),
  p50Seconds: fc.double({ min: 0.1, max: 1_200, noNaN: true }),
  floorMs: fc.integer({ min: 1_000, max: 15_000 }),
  timeoutAt: fc.integer({ min: 0, max: 3_600_000 }).map((afterMs) => acceptedAt + afterMs),
});
const anyElapsedMs = fc.integer({ min: 0, max: 3_600_000 });

describe("the polls of an attempt", () => {
  it("come early once, then when the model usually finishes, then in steps that stretch", () => {
    const seconds = pollsUntil(timing, 400_000).map((at) => Math.round((at - acceptedAt) / 1_000));
    expect(seconds[0]).toBeGreaterThanOrEqual(9);
    expect(seconds[0]).toBeLessThanOrEqual(11);
    expect(seconds[1]).toBeGreaterThanOrEqual(75);
    expect(seconds[1]).toBeLessThanOrEqual(92);
    const gaps = seconds.slice(2).map((value, index) => value - (seconds[index + 1] ?? 0));
    expect(gaps[0]).toBeLessThanOrEqual(11);
    expect(gaps.at(-1)).toBeGreaterThan(gaps[0] ?? 0);
  });

  it("are always later than now, also when a poll runs to the millisecond", () => {
    fc.assert(
      fc.property(anyTiming, anyElapsedMs, (some, elapsedMs) => {
        const first = nextPollAt(some, acceptedAt + elapsedMs);
        expect(first).toBeGreaterThan(acceptedAt + elapsedMs);
        expect(nextPollAt(some, first)).toBeGreaterThan(first);
        expect(Number.isInteger(first)).toBe(true);
      }),
    );
  });

  it("are never closer together than the provider's floor", () => {
    fc.assert(
      fc.property(anyTiming, anyElapsedMs, (some, elapsedMs) => {
        const first = nextPollAt(some, acceptedAt + elapsedMs);
        expect(nextPollAt(some, first) - first).toBeGreaterThanOrEqual(some.floorMs);
      }),
    );
  });

  it("are never further apart than a minute and a bit from when the model is due until it is given up", () => {
    fc.assert(
      fc.property(anyTiming, anyElapsedMs, (some, elapsedMs) => {
        const from = Math.max(elapsedMs, some.p50Seconds * 1_000);
        const first = nextPollAt(some, Math.ceil(acceptedAt + from));
        const longestMs = first < some.timeoutAt ? 66_000 : 330_000;
        expect(nextPollAt(some, first) - first).toBeLessThanOrEqual(longestMs);
      }),
    );
  });

  it("become rare when it has been given up, since hardly anything comes then", () => {
    const polls = pollsUntil(timing, 3_600_000);
    const late = polls.filter((at) => at >= timing.timeoutAt);
    expect(late.length).toBeGreaterThan(10);
    expect(late.length).toBeLessThan(30);
  });

  it("lie on one grid: two callers at different times name the same poll", () => {
    fc.assert(
      fc.property(
        anyTiming,
        anyElapsedMs,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (some, ms, part) => {
          const now = acceptedAt + ms;
          const next = nextPollAt(some, now);
          const later = now + Math.floor((next - now) * part);
          expect(nextPollAt(some, later)).toBe(next);
        },
      ),
    );
  });

  it("of different attempts are spread", () => {
    const times = Array.from({ length: 100 }, (_, index) =>
      nextPollAt({ ...timing, key: `job${index}:a1` }, acceptedAt),
    );
    expect(new Set(times).size).toBeGreaterThan(80);
  });
});

const minute = 60_000;
const timeoutAt = acceptedAt + 10 * minute;
const deadlineAt = acceptedAt + 20 * minute;
const lastAt = deadlineAt + 60 * minute;
const task: PollTask = {
  type: "poll",
  jobId: "job",
  attempt: 1,
  provider: "vendor",
  operation: {},
  credentialId: null,
  timing,
  deadlineAt,
  hedgeAt: null,
  misses: 3,
  missingSince: null,
  notBefore: null,
};
const unanswered: NoAnswer = { status: "unanswered" };
const pending: OperationStatus = { status: "pending" };
const missing: OperationStatus = { status: "missing" };
const failed: OperationStatus = { status: "failed", failure: { code: "processing_failed" } };
const succeeded: OperationStatus = { status: "succeeded", outputUrl: "https://files.example.test/1.mp4" };

type Expected = {
  readonly type: PollDecision["type"];
  readonly misses?: number;
  readonly missingSince?: number | null;
  readonly otherwise?: Expected;
};

describe("what a poll leads to", () => {
  it.each<[string, number, Partial<PollTask>, OperationStatus | NoAnswer, Expected]>([
    ["an end", minute, {}, succeeded, { type: "ended" }],
    ["an end after everything", lastAt + minute, {}, failed, { type: "ended" }],
    ["a vendor that does not find it yet", minute - 1, {}, missing, { type: "poll_again", misses: 3 }],
    [
      "a vendor that does not find it any more",
      minute,
      {},
      missing,
      { type: "poll_again", misses: 3, missingSince: acceptedAt + minute },
    ],
    [
      "a vendor that does not find it a second time",
      2 * minute,
      { missingSince: acceptedAt + minute },
      missing,
      { type: "ended" },
    ],
    [
      "a second time that comes too soon after the first",
      2 * minute,
      { missingSince: acceptedAt + 2 * minute - 4_999 },
      missing,
      { type: "poll_again", missingSince: acceptedAt + 2 * minute - 4_999 },
    ],
    [
      "a vendor that finds it again",
      2 * minute,
      { missingSince: acceptedAt + minute },
      pending,
      { type: "poll_again", missingSince: null },
    ],
    [
      "a vendor that does not find it, at the deadline",
      deadlineAt,
      {},
      missing,
      { type: "deadline", otherwise: { type: "poll_again", misses: 3 } },
    ],
    ["no end yet", 2 * minute, {}, pending, { type: "poll_again", misses: 0 }],
    ["nobody who could say", 2 * minute, {}, unanswered, { type: "poll_again", misses: 4 }],
    [
      "a time before the hedge",
      2 * minute - 1,
      hedged(2 * minute),
      pending,
      { type: "poll_again", misses: 0 },
    ],
    ["the time of the hedge", 2 * minute, hedged(2 * minute), pending, { type: "hedge", misses: 0 }],
    ["the hedge, and nobody who could say", 2 * minute, hedged(0), unanswered, { type: "hedge", misses: 4 }],
    ["an end at the time of the hedge", 2 * minute, hedged(2 * minute), succeeded, { type: "ended" }],
    [
      "the time-out",
      timeoutAt,
      {},
      pending,
      { type: "time_out", otherwise: { type: "poll_again", misses: 0 } },
    ],
    [
      "the time-out unanswered",
      timeoutAt,
      {},
      unanswered,
      { type: "time_out", otherwise: { type: "poll_again", misses: 4 } },
    ],
    [
      "the deadline",
      deadlineAt,
      {},
      pending,
      { type: "deadline", otherwise: { type: "poll_again", misses: 0 } },
    ],
    [
      "the deadline before the time-out",
      5 * minute,
      { deadlineAt: acceptedAt + 5 * minute },
      pending,
      { type: "deadline", otherwise: { type: "poll_again", misses: 0 } },
    ],
    [
      "a hedge that is overdue",
      deadlineAt,
      hedged(0),
      pending,
      { type: "deadline", otherwise: { type: "hedge" } },
    ],
    ["the last time", lastAt, {}, pending, { type: "deadline", otherwise: { type: "give_up_late" } }],
    [
      "the last time unanswered",
      lastAt,
      {},
      unanswered,
      { type: "deadline", otherwise: { type: "give_up_late" } },
    ],
  ])("is right for %s", (_what, time, changes, status, expected) => {
    const now = time < acceptedAt ? acceptedAt + time : time;
    expect(decidePoll({ ...task, ...changes }, status, now)).toMatchObject(expected);
  });

  it("is another poll on the grid of the attempt, whatever was answered", () => {
    const now = acceptedAt + 2 * minute;
    const at = nextPollAt(timing, now);
    for (const status of [pending, unanswered]) expect(decidePoll(task, status, now)).toMatchObject({ at });
    expect(decidePoll(task, missing, acceptedAt)).toMatchObject({ at: nextPollAt(timing, acceptedAt) });
  });

  it("is the end with everything that was said of it", () => {
    expect(decidePoll(task, succeeded, acceptedAt)).toEqual({ type: "ended", status: succeeded });
  });
});

describe("a wait that the vendor names", () => {
  const now = acceptedAt + 2 * minute;
  const asked = (retryAfterMs: number, changes: Partial<PollTask> = {}, at = now) =>
    decidePoll({ ...task, ...changes }, { status: "unanswered", retryAfterMs }, at);

  it("is over before the next poll, which stays on the grid of the attempt", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 * minute - 70_000 }), (retryAfterMs) => {
        const decision = asked(retryAfterMs);
        if (decision.type !== "poll_again") throw new Error(decision.type);
        expect(decision.at).toBeGreaterThanOrEqual(now + retryAfterMs);
        expect(decision.at).toBe(nextPollAt(timing, decision.at - 1));
        const next = { ...task, notBefore: decision.notBefore };
        expect(mustWait(next, now + retryAfterMs - 1)).toBe(true);
        expect(mustWait(next, decision.at)).toBe(false);
      }),
    );
  });

  it("puts off neither the time-out nor the deadline: then a poll comes that asks nobody", () => {
    const long = 50 * minute;
    expect(asked(long)).toMatchObject({ at: timeoutAt, notBefore: now + long });
    expect(asked(long, {}, timeoutAt)).toMatchObject({ type: "time_out", otherwise: { at: deadlineAt } });
    const quiet = { ...task, notBefore: now + long };
    expect(decidePoll(quiet, { status: "not_asked" }, timeoutAt)).toMatchObject({
      type: "time_out",
      otherwise: { at: deadlineAt, misses: 3, notBefore: now + long },
    });
  });

  it("is kept for an hour at most, and never beyond the last look", () => {
    const day = 24 * 60 * minute;
    expect(asked(day)).toMatchObject({ notBefore: now + 60 * minute });
    const late = deadlineAt + 30 * minute;
    expect(asked(day, {}, late)).toMatchObject({ type: "deadline", otherwise: { at: lastAt } });
  });

  it("is forgotten with the first answer", () => {
    expect(decidePoll({ ...task, notBefore: now }, pending, now)).toMatchObject({ notBefore: null });
  });
});

function hedged(afterMs: number): Partial<PollTask> {
  return { hedgeAt: acceptedAt + afterMs };
}

function pollsUntil(some: PollTiming, elapsedMs: number): number[] {
  const polls: number[] = [];
  for (let at = nextPollAt(some, acceptedAt); at < acceptedAt + elapsedMs; at = nextPollAt(some, at)) {
    polls.push(at);
  }
  return polls;
}
