import { fraction } from "../hash.js";
import type { OperationStatus } from "../provider/provider.js";
import type { PollTask, PollTiming } from "./tasks.js";

/** What a poll leads to. `otherwise` is done when the job takes no notice: it has ended by itself. */
export type PollDecision =
  | { readonly type: "ended"; readonly status: Exclude<OperationStatus, { status: "pending" }> }
  | { readonly type: "deadline"; readonly otherwise: PollDecision }
  | { readonly type: "time_out"; readonly otherwise: PollDecision }
  | { readonly type: "give_up_late" }
  /** A second provider is started beside this one, which is asked again at `at` as usual. */
  | { readonly type: "hedge"; readonly at: number; readonly misses: number }
  | { readonly type: "poll_again"; readonly at: number; readonly misses: number };

/** A vendor may need a moment before it finds what it has just accepted. */
const graceMs = 60_000;
/** One early look catches what fails at once: bad input, moderation. */
const earlyPollMs = 10_000;
const longestGapMs = 60_000;
const longestLateGapMs = 300_000;
/** Its multiples fall evenly and nowhere near each other: one hash serves all polls of an attempt. */
const goldenRatio = 0.618_033_988_75;
/** How long after its time-out the result of an attempt is still asked for: it may be paid for. */
const lateResultMs = 3_600_000;

/** What follows from an answer; a `status` of `null` says that nobody could find out. */
export function decidePoll(poll: PollTask, status: OperationStatus | null, now: number): PollDecision {
  const { timing, deadlineAt, misses } = poll;
  if (status?.status === "missing" && now < timing.acceptedAt + graceMs) {
    return { type: "poll_again", at: nextPollAt(timing, now), misses };
  }
  if (status !== null && status.status !== "pending") return { type: "ended", status };
  const otherwise = stayOrGiveUp(poll, status === null ? misses + 1 : 0, now);
  if (now >= deadlineAt) return { type: "deadline", otherwise };
  if (now >= timing.timeoutAt) return { type: "time_out", otherwise };
  return otherwise;
}

/** It runs on, as far as anybody knows. */
function stayOrGiveUp({ timing, deadlineAt, hedgeAt }: PollTask, misses: number, now: number): PollDecision {
  if (now >= lastPollAt(timing.timeoutAt, deadlineAt)) return { type: "give_up_late" };
  const at = nextPollAt(timing, now);
  return { type: hedgeAt !== null && now >= hedgeAt ? "hedge" : "poll_again", at, misses };
}

/**
 * The time of the first poll after `now`. The times form a fixed grid per attempt: an early look,
 * then nothing until the model usually finishes, then steps of a twelfth of P50 that stretch when
 * it is late, and further when it has been given up. Because the grid is fixed, a sweeper that
 * recreates a lost poll names the same task as the one it may only believe lost, and the queue drops
 * the copy.
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

/** The last time at which an attempt is asked about. */
export function lastPollAt(timeoutAt: number, deadlineAt: number): number {
  return Math.max(timeoutAt, deadlineAt) + lateResultMs;
}
