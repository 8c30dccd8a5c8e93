import { apply } from "./apply.js";
import { reasonOf } from "./deliver.js";
import { nextPoll } from "./tasks.js";
/**
 * Asks the provider once. Nothing new: the next poll is enqueued and no document is touched. A poll
 * that could not find out is a missed poll, not a failed job.
 */
export async function pollJob(deps, poll) {
    const status = await ask(deps, poll);
    if (status !== null && status.status !== "pending") {
        return apply(deps, poll.jobId, { type: "operation_ended", attempt: poll.attempt, status });
    }
    const now = deps.now();
    if (now >= poll.deadlineAt) {
        const ended = await apply(deps, poll.jobId, { type: "deadline_passed" });
        if (ended !== null)
            return ended;
    }
    else if (now >= poll.timeoutAt) {
        const changed = await apply(deps, poll.jobId, { type: "attempt_timed_out", attempt: poll.attempt });
        if (changed !== null)
            return changed;
    }
    if (now >= poll.lastPollAt)
        return null;
    const misses = status === null ? poll.misses + 1 : 0;
    const next = nextPoll({ ...poll, misses }, now);
    await deps.queue.enqueue(next.name, next.task, next.dueAt);
    return null;
}
/** `null` when it could not find out. */
async function ask(deps, poll) {
    const provider = deps.providers.get(poll.provider);
    if (provider === undefined)
        return null;
    try {
        return await provider.status(poll.operation);
    }
    catch (error) {
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
//# sourceMappingURL=poll-job.js.map