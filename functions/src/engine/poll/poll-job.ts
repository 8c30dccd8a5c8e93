import { reasonOf, UnreachableError } from "../../domain/errors.js";
import { type Attempt, findAttempt, type Job, watchedAttempts } from "../../domain/job/job.js";
import {
  decidePoll,
  lastPollAt,
  mustWait,
  type NoAnswer,
  type PollDecision,
  type PollMemory,
} from "../../domain/job/poll.js";
import type { PollTask } from "../../domain/job/tasks.js";
import type { OperationStatus } from "../../domain/provider/provider.js";
import type { Deps } from "../deps.js";
import { apply } from "../outbox.js";
import { readOperation } from "../read-operation.js";
import { tellOutdated } from "../start/send-start.js";
import { hedgeJob } from "../start/start-job.js";
import { pollAt, toPollTask } from "../tasks.js";

/** Consecutive misses that are no blip any more: somebody has to look. Told once for each row of them. */
const alarmingMisses = 10;

/**
 * Asks the provider once. Nothing new: the next poll is enqueued and no document is touched. A poll
 * that could not find out is a missed poll, not a failed job.
 */
export async function pollJob(deps: Deps, poll: PollTask): Promise<Job | null> {
  const answer = mustWait(poll, deps.now()) ? ({ status: "not_asked" } as const) : await ask(deps, poll);
  return carryOut(deps, poll, decidePoll(poll, answer, deps.now()));
}

async function carryOut(deps: Deps, poll: PollTask, decision: PollDecision): Promise<Job | null> {
  const { jobId, attempt } = poll;
  switch (decision.type) {
    case "ended":
      return end(deps, poll, decision.status);
    case "deadline": {
      const ended = await apply(deps, jobId, { type: "deadline_passed" });
      return ended ?? carryOut(deps, poll, decision.otherwise);
    }
    case "time_out": {
      const changed = await apply(deps, jobId, { type: "attempt_timed_out", attempt });
      return changed ?? carryOut(deps, poll, decision.otherwise);
    }
    case "give_up_late":
      return apply(deps, jobId, { type: "late_result_due", attempt });
    case "hedge":
      await enqueue(deps, { ...poll, hedgeAt: null }, decision);
      await hedgeJob(deps, jobId);
      return null;
    case "poll_again":
      await enqueue(deps, poll, decision);
      return null;
  }
}

async function end(
  deps: Deps,
  { jobId, attempt, provider }: PollTask,
  status: Extract<PollDecision, { type: "ended" }>["status"],
): Promise<Job | null> {
  const job = await apply(deps, jobId, { type: "operation_ended", attempt, status });
  if (job !== null && status.status === "failed" && status.failure.code === "catalogue_outdated") {
    const ended = findAttempt(job, attempt);
    // As it is on record: without what the vendor repeats of the prompt.
    tellOutdated(deps, { jobId, attempt, provider, model: ended?.model }, ended?.failure ?? status.failure);
  }
  return job;
}

async function enqueue(
  deps: Deps,
  poll: PollTask,
  next: PollMemory & { readonly at: number },
): Promise<void> {
  const { at, misses, missingSince, notBefore } = next;
  const { name, task, dueAt } = pollAt({ ...poll, misses, missingSince, notBefore }, at);
  await deps.queue.enqueue(name, task, dueAt);
}

async function ask(deps: Deps, poll: PollTask): Promise<OperationStatus | NoAnswer> {
  const provider = deps.providers.get(poll.provider);
  if (provider === undefined) return { status: "unanswered" };
  try {
    return await readOperation(deps, provider, poll);
  } catch (error) {
    const misses = poll.misses + 1;
    const { jobId, attempt } = poll;
    const fields = { jobId, attempt, provider: provider.id, misses, reason: reasonOf(error) };
    deps.log.warn("provider.poll_missed", fields);
    if (misses === alarmingMisses) deps.log.error("provider.unreachable", fields);
    const retryAfterMs = error instanceof UnreachableError ? error.retryAfterMs : undefined;
    return { status: "unanswered", retryAfterMs };
  }
}

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
  const isLast = deps.now() >= lastPollAt(attempt.timeoutAt, job.deadlineAt);
  if (poll !== null && isLast) return pollJob(deps, poll);
  return apply(deps, job.id, { type: "late_result_due", attempt: attempt.number });
}
