import { fraction } from "../hash.js";
import type { OperationStatus } from "../provider/provider.js";
import type { PollTask, PollTiming } from "./tasks.js";

/** What the next poll has to know of those before it. */
export type PollMemory = Pick<PollTask, "misses" | "missingSince" | "notBefore">;

/** What a poll leads to. `otherwise` is done when the job takes no notice: it has ended by itself. */
export type PollDecision =
  | { readonly type: "ended"; readonly status: Exclude<OperationStatus, { status: "pending" }> }
  | { readonly type: "deadline"; readonly otherwise: PollDecision }
  | { readonly type: "time_out"; readonly otherwise: PollDecision }
  | { readonly type: "give_up_late" }
  /** A second provider is started beside this one, which is asked again at `at` as usual. */
  | ({ readonly type: "hedge"; readonly at: number } & PollMemory)
  | ({ readonly type: "poll_again"; readonly at: number } & PollMemory);

/** A vendor may need a moment before it finds what it has just accepted. */
const graceMs = 60_000;
/** One early look catches what fails at once: bad input, moderation. */
const earlyPollMs = 10_000;
/** The longest wait that is kept for a vendor: after it the attempt is looked at again. */
const longestWaitMs = 3_600_000;
const longestGapMs = 60_000;
const longestLateGapMs = 300_000;
/** Its multiples fall evenly and nowhere near each other: one hash serves all polls of an attempt. */
const goldenRatio = 0.618_033_988_75;
/** How long after its time-out the result of an attempt is still asked for: it may be paid for. */
const lateResultMs = 3_600_000;

/** Is it too early to ask, because the vendor has named a time? */
export function mustWait({ notBefore }: PollTask, now: number): boolean {
  return notBefore !== null && now < notBefore;
}

/** Nobody could find out, perhaps with the wait that the vendor named, or nobody was asked. */
export type NoAnswer =
  | { readonly status: "unanswered"; readonly retryAfterMs?: number | undefined }
  | { readonly status: "not_asked" };

/**
 * What follows from an answer. That the vendor does not know a generation is believed when it says so
 * twice, at least a poll apart: one such answer out of line must not end what is paid for.
 */
export function decidePoll(poll: PollTask, answer: OperationStatus | NoAnswer, now: number): PollDecision {
  const { timing, deadlineAt } = poll;
  const isOver = !["pending", "unanswered", "not_asked", "missing"].includes(answer.status);
  if (isOver || (answer.status === "missing" && isConfirmed(poll, now))) {
    return { type: "ended", status: answer as Ended };
  }
  const otherwise = stayOrGiveUp(poll, memoryAfter(poll, answer, now), now);
  if (now >= deadlineAt) return { type: "deadline", otherwise };
  if (now >= timing.timeoutAt) return { type: "time_out", otherwise };
  return otherwise;
}

type Ended = Extract<PollDecision, { type: "ended" }>["status"];

function isConfirmed({ timing, missingSince }: PollTask, now: number): boolean {
  if (missingSince === null || now < timing.acceptedAt + graceMs) return false;
  return now - missingSince >= timing.floorMs;
}

function memoryAfter(poll: PollTask, answer: OperationStatus | NoAnswer, now: number): PollMemory {
  const { misses, missingSince, notBefore } = poll;
  switch (answer.status) {
    case "not_asked":
      return { misses, missingSince, notBefore };
    case "unanswered": {
      const waitMs = Math.min(answer.retryAfterMs ?? 0, longestWaitMs);
      return { misses: misses + 1, missingSince, notBefore: waitMs > 0 ? now + waitMs : null };
    }
    case "missing":
      return { misses, missingSince: missingSince ?? now, notBefore: null };
    default:
      return { misses: 0, missingSince: null, notBefore: null };
  }
}

/** It runs on, as far as anybody knows. */
function stayOrGiveUp(
  { timing, deadlineAt, hedgeAt }: PollTask,
  memory: PollMemory,
  now: number,
): PollDecision {
  const lastAt = lastPollAt(timing.timeoutAt, deadlineAt);
  if (now >= lastAt) return { type: "give_up_late" };
  const at = afterWait(timing, memory, [timing.timeoutAt, deadlineAt, lastAt], now);
  return { type: hedgeAt !== null && now >= hedgeAt ? "hedge" : "poll_again", at, ...memory };
}

/**
 * The next poll, and where a wait is named the first one after it. What is due in between is not put
 * off: then a poll comes that asks nobody.
 */
function afterWait(
  timing: PollTiming,
  { notBefore }: PollMemory,
  due: readonly number[],
  now: number,
): number {
  const next = nextPollAt(timing, now);
  if (notBefore === null || next >= notBefore) return next;
  const dueNext = Math.min(...due.filter((at) => at > now));
  return Math.min(nextPollAt(timing, notBefore - 1), Math.max(next, dueNext));
}

/**
 * The time of the first poll after `now`. The times form a fixed grid per attempt: an early look,
 * then nothing until the model usually finishes, then steps of a twelfth of P50 that stretch when
 * it is late, and further when it has been given up. Because the grid is fixed, a sweeper that
 * recreates a lost poll names the same task as the one it may only believe lost, and the queue drops
 * the copy.
 */
export function nextPollAt(timing: PollTiming, now: number): number {
  return pollsAround(timing, now).next;
}

/** The time of the last poll until `now`; `null` before the first. */
export function duePollAt(timing: PollTiming, now: number): number | null {
  const { latest } = pollsAround(timing, now);
  return latest > timing.acceptedAt ? latest : null;
}

function pollsAround(timing: PollTiming, now: number): { readonly latest: number; readonly next: number } {
  const offset = fraction(`${timing.key}:polls`);
  let latest = timing.acceptedAt;
  let at = timing.acceptedAt;
  for (let index = 0; at <= now; index += 1) {
    latest = at;
    const jitter = 0.9 + 0.2 * ((offset + index * goldenRatio) % 1);
    at += pollGapMs(timing, index, at - timing.acceptedAt, jitter);
  }
  return { latest, next: at };
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
