import { fraction } from "../hash.js";

/** What the times of an attempt's polls depend on. Fixed when it is accepted. */
export interface PollTiming {
  /** Spreads the polls of different jobs: the idempotency key of the attempt. */
  readonly key: string;
  readonly acceptedAt: number;
  readonly p50Seconds: number;
  /** When the attempt is given up. A late result may still come. */
  readonly timeoutAt: number;
  /** The provider is never asked more often than this. */
  readonly floorMs: number;
}

/** One early look catches what fails at once: bad input, moderation. */
const earlyPollMs = 10_000;
const longestGapMs = 60_000;
const longestLateGapMs = 300_000;
/** Its multiples fall evenly and nowhere near each other: one hash serves all polls of an attempt. */
const goldenRatio = 0.618_033_988_75;

/**
 * The time of the first poll after `now`. The times form a fixed grid per attempt: an early look,
 * then nothing until the model usually finishes, then steps of a twelfth of P50 that stretch when
 * it is late, and further when it has been given up. Because the grid is fixed, a sweeper that recreates a lost poll names the same task
 * as the one it may only believe lost, and the queue drops the copy.
 */
export function nextPollAt(timing: PollTiming, now: number): number {
  const offset = fraction(`${timing.key}:polls`);
  let at = timing.acceptedAt;
  for (let index = 0; at <= now; index += 1) {
    const jitter = 0.9 + 0.2 * ((offset + index * goldenRatio) % 1);
    at += pollGapMs(timing, index, at - timing.acceptedAt, jitter);
  }
  return at;
}

function pollGapMs(timing: PollTiming, index: number, elapsedMs: number, jitter: number): number {
  // Whole milliseconds, so that a poll that runs exactly on time finds the next time, not its own.
  return Math.max(1, Math.ceil(timing.floorMs), Math.round(plainGapMs(timing, index, elapsedMs) * jitter));
}

function plainGapMs(timing: PollTiming, index: number, elapsedMs: number): number {
  const p50Ms = timing.p50Seconds * 1_000;
  if (index === 0) return Math.min(earlyPollMs, p50Ms / 3);
  if (elapsedMs < 0.7 * p50Ms) return 0.7 * p50Ms - elapsedMs;
  const step = p50Ms / 12;
  const lateness = Math.max(0, elapsedMs - 1.5 * p50Ms);
  const isGivenUp = timing.acceptedAt + elapsedMs >= timing.timeoutAt;
  return Math.min(isGivenUp ? longestLateGapMs : longestGapMs, step + lateness / 8);
}

/** How long after its time-out the result of an attempt is still asked for: it may be paid for. */
const lateResultMs = 3_600_000;

/** The last time at which an attempt is asked about. */
export function lastPollAt(timeoutAt: number, deadlineAt: number): number {
  return Math.max(timeoutAt, deadlineAt) + lateResultMs;
}

/** Waits between repetitions of a step: doubling from 2 s to 5 min, spread over ±25 %. */
export function retryDelayMs(key: string, tries: number): number {
  const plain = Math.min(300_000, 2_000 * 2 ** Math.max(0, tries - 1));
  return Math.round(plain * (0.75 + 0.5 * fraction(`${key}:retry${tries}`)));
}
