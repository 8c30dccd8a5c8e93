import type { Job } from "../../domain/job/job.js";
import type { OperationStatus } from "../../domain/provider/provider.js";
import { apply } from "../apply.js";
import { reasonOf } from "../deliver.js";
import type { Deps } from "../deps.js";
import type { PollTask } from "../ports/task-queue.js";
import { hedgeJob } from "../start/start-job.js";
import { nextPoll } from "../tasks.js";

/** A vendor may need a moment before it finds what it has just accepted. */
const graceMs = 60_000;

/**
 * Asks the provider once. Nothing new: the next poll is enqueued and no document is touched. A poll
 * that could not find out is a missed poll, not a failed job.
 */
export async function pollJob(deps: Deps, poll: PollTask): Promise<Job | null> {
  const status = await ask(deps, poll);
  if (status?.status === "missing" && deps.now() < poll.timing.acceptedAt + graceMs)
    return pollAgain(deps, poll);
  if (status !== null && status.status !== "pending") {
    return apply(deps, poll.jobId, { type: "operation_ended", attempt: poll.attempt, status });
  }
  const now = deps.now();
  if (now >= poll.deadlineAt) {
    const ended = await apply(deps, poll.jobId, { type: "deadline_passed" });
    if (ended !== null) return ended;
  } else if (now >= poll.timing.timeoutAt) {
    const changed = await apply(deps, poll.jobId, { type: "attempt_timed_out", attempt: poll.attempt });
    if (changed !== null) return changed;
  }
  if (now >= poll.lastPollAt) return null;
  if (poll.hedgeAt === null || now < poll.hedgeAt) {
    return pollAgain(deps, { ...poll, misses: status === null ? poll.misses + 1 : 0 });
  }
  await pollAgain(deps, { ...poll, hedgeAt: null, misses: 0 });
  await hedgeJob(deps, poll.jobId);
  return null;
}

async function pollAgain(deps: Deps, poll: PollTask): Promise<null> {
  const next = nextPoll(poll, deps.now());
  await deps.queue.enqueue(next.name, next.task, next.dueAt);
  return null;
}

/** `null` when it could not find out. */
async function ask(deps: Deps, poll: PollTask): Promise<OperationStatus | null> {
  const provider = deps.providers.get(poll.provider);
  if (provider === undefined) return null;
  try {
    return await provider.status(poll.operation);
  } catch (error) {
    deps.log.warn("provider.poll_missed", {
      jobId: poll.jobId,
      attempt: poll.attempt,
      provider: poll.provider,
      misses: poll.misses + 1,
      reason: reasonOf(error),
    });
    return null;
  }
}
