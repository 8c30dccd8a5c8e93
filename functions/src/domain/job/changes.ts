import type { Transition } from "./event.js";
import type { Attempt, Effect, Job, JobStatus } from "./job.js";
import { isTerminal, watchedAttempts } from "./job.js";
import { lastPollAt } from "./poll.js";
import { percentAt } from "./progress.js";

/** How long after a step is due the sweeper looks whether it happened. */
const graceMs = 15_000;
/** How often a running job is looked at although its polls need no help. */
const watchMs = 60_000;
/** The same for one that has ended, and whose generations are only asked about because they may be paid. */
const lateWatchMs = 900_000;

/** A transition that brings neither money nor observations. */
export function jobOnly(job: Job): Transition {
  return { job, ledger: [], observations: [] };
}

export function replaceAttempt(job: Job, attempt: Attempt): Job {
  return {
    ...job,
    attempts: job.attempts.map((other) => (other.number === attempt.number ? attempt : other)),
  };
}

/** Enters a status; the progress never falls back to where the status begins. */
export function withStatus(job: Job, status: JobStatus): Job {
  // A composite job goes by its steps.
  if (job.composition !== undefined) return { ...job, status };
  return { ...job, status, progressPercent: Math.max(job.progressPercent, percentAt(status)) };
}

export function cancelEffect(job: Job, attempt: Attempt): Effect {
  return { id: `${job.id}:cancel:${attempt.number}`, type: "cancel_operation", attempt: attempt.number };
}

/** When the sweeper should look at a job again if nothing moves it before. */
export function checkTime(job: Job, now: number): number | null {
  const times: number[] = [];
  if (job.outbox.length > 0) times.push(now + graceMs);
  const starting = job.attempts.find((attempt) => attempt.state === "starting");
  if (starting !== undefined) times.push(Math.max(now, starting.leaseUntil) + graceMs);
  if (isTerminal(job)) {
    for (const { timeoutAt } of watchedAttempts(job)) {
      times.push(Math.min(lastPollAt(timeoutAt, job.deadlineAt), now + lateWatchMs));
    }
  } else {
    // Storing goes on past the deadline.
    if (job.status !== "storing") times.push(job.deadlineAt + graceMs);
    if (job.next !== null) times.push(Math.max(now, job.next.dueAt) + graceMs);
    if (job.status === "generating") times.push(now + watchMs);
  }
  return times.length === 0 ? null : Math.min(...times);
}
