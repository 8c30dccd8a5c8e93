import { jobOnly, replaceAttempt } from "./changes.js";
import type { Transition } from "./event.js";
import { isTerminal, type Job, watchedAttempts } from "./job.js";
import { lastPollAt } from "./poll.js";

/**
 * Nobody waits for this attempt any more, but it may have been paid. When it has been asked for long
 * enough it counts as paid in vain; its bill stays unknown, so that no price is compared with it.
 * Before that only the time of the sweeper's next look changes. A result that still comes is recorded.
 */
export function lateResultDue(job: Job, number: number, now: number): Transition | null {
  const attempt = watchedAttempts(job).find((watched) => watched.number === number);
  if (attempt?.state !== "abandoned") return null;
  if (now >= lastPollAt(attempt.timeoutAt, job.deadlineAt)) {
    return jobOnly(replaceAttempt(job, { ...attempt, endedAt: now, wasted: true }));
  }
  // While an effect is owed the sweeper comes anyway.
  const isLook = isTerminal(job) && job.outbox.length === 0 && job.checkAt !== null && now >= job.checkAt;
  return isLook ? jobOnly(job) : null;
}
