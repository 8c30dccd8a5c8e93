import { type Attempt, type Job, watchedAttempts } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import { apply } from "../outbox.js";
import { toPollTask } from "../tasks.js";
import { pollJob } from "./poll-job.js";

/**
 * Looks after the generations of an ended job that may still be paid for. Their lost polls come back;
 * one that was asked about for long enough is asked about once more and then given up. Tells whether
 * anything has changed.
 */
export async function findLateResults(deps: Deps, job: Job): Promise<boolean> {
  const changes = await Promise.all(watchedAttempts(job).map((attempt) => findOne(deps, job, attempt)));
  return changes.some((changed) => changed !== null);
}

async function findOne(deps: Deps, job: Job, attempt: Attempt): Promise<Job | null> {
  const poll = toPollTask(deps, job, attempt);
  if (poll !== null && deps.now() >= poll.lastPollAt) return pollJob(deps, poll);
  return apply(deps, job.id, { type: "late_result_due", attempt: attempt.number });
}
