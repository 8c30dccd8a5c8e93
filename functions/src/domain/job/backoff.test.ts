import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nextPollAt, type PollTiming, retryDelayMs } from "./backoff.js";

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

describe("the wait before a repetition", () => {
  it.each([
    [0, 2_000],
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [4, 16_000],
    [8, 256_000],
    [9, 300_000],
    [50, 300_000],
  ])("after try %i is %i ms, give or take a quarter", (tries, plainMs) => {
    for (const key of ["a", "b", "c", "d"]) {
      const delayMs = retryDelayMs(key, tries);
      expect(delayMs).toBeGreaterThanOrEqual(plainMs * 0.75);
      expect(delayMs).toBeLessThanOrEqual(plainMs * 1.25);
      expect(retryDelayMs(key, tries)).toBe(delayMs);
    }
  });
});

function pollsUntil(some: PollTiming, elapsedMs: number): number[] {
  const polls: number[] = [];
  for (let at = nextPollAt(some, acceptedAt); at < acceptedAt + elapsedMs; at = nextPollAt(some, at)) {
    polls.push(at);
  }
  return polls;
}
