import { reasonOf } from "../../domain/errors.js";
import type { Job } from "../../domain/job/job.js";
import type { OperationStatus } from "../../domain/provider/provider.js";
import type { Deps } from "../deps.js";
import { apply } from "../outbox.js";
import type { PollTask } from "../ports/task-queue.js";
import { readOperation } from "../read-operation.js";
import { hedgeJob } from "../start/start-job.js";
import { nextPoll } from "../tasks.js";

/** A vendor may need a moment before it finds what it has just accepted. */
const graceMs = 60_000;
/** Consecutive misses that are no blip any more: somebody has to look. Told once for each row of them. */
const alarmingMisses = 10;

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
  if (now >= poll.lastPollAt) {
    return apply(deps, poll.jobId, { type: "late_result_due", attempt: poll.attempt });
  }
  const misses = status === null ? poll.misses + 1 : 0;
  if (poll.hedgeAt === null || now < poll.hedgeAt) return pollAgain(deps, { ...poll, misses });
  await pollAgain(deps, { ...poll, hedgeAt: null, misses });
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
    return await readOperation(deps, provider, poll);
  } catch (error) {
    const misses = poll.misses + 1;
    const { jobId, attempt } = poll;
    const fields = { jobId, attempt, provider: provider.id, misses, reason: reasonOf(error) };
    deps.log.warn("provider.poll_missed", fields);
    if (misses === alarmingMisses) deps.log.error("provider.unreachable", fields);
    return null;
  }
}
