import { fraction } from "./hash.js";

/** What the times of an attempt's polls depend on. Fixed when it is accepted. */
export interface PollTiming {
  /** Spreads the polls of different jobs: the idempotency key of the attempt. */
  readonly key: string;
  readonly acceptedAt: number;
  readonly p50Seconds: number;
  /** The provider is never asked more often than this. */
  readonly floorMs: number;
}

/** One early look catches what fails at once: bad input, moderation. */
const earlyPollMs = 10_000;
const longestGapMs = 60_000;

/**
 * The time of the first poll after `now`. The times form a fixed grid per attempt: an early look,
 * then nothing until the model usually finishes, then steps of a twelfth of P50 that stretch when
 * it is late. Because the grid is fixed, a sweeper that recreates a lost poll names the same task
 * as the one it may only believe lost, and the queue drops the copy.
 */
export function nextPollAt(timing: PollTiming, now: number): number {
  let at = timing.acceptedAt;
  for (let index = 0; at <= now; index += 1) {
    at += pollGapMs(timing, index, at - timing.acceptedAt);
  }
  return at;
}

function pollGapMs(timing: PollTiming, index: number, elapsedMs: number): number {
  const p50Ms = timing.p50Seconds * 1_000;
  const jitter = 0.9 + 0.2 * fraction(`${timing.key}:poll${index}`);
  // Whole milliseconds, so that a poll that runs exactly on time finds the next time, not its own.
  return Math.max(1, Math.ceil(timing.floorMs), Math.round(plainGapMs(index, elapsedMs, p50Ms) * jitter));
}

function plainGapMs(index: number, elapsedMs: number, p50Ms: number): number {
  if (index === 0) return Math.min(earlyPollMs, p50Ms / 3);
  if (elapsedMs < 0.7 * p50Ms) return 0.7 * p50Ms - elapsedMs;
  const step = p50Ms / 12;
  const lateness = Math.max(0, elapsedMs - 1.5 * p50Ms);
  return Math.min(longestGapMs, step + lateness / 8);
}

/** Waits between repetitions of a step: doubling from 2 s to 5 min, spread over ±25 %. */
export function retryDelayMs(key: string, tries: number): number {
  const plain = Math.min(300_000, 2_000 * 2 ** Math.max(0, tries - 1));
  return Math.round(plain * (0.75 + 0.5 * fraction(`${key}:retry${tries}`)));
}
