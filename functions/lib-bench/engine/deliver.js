import { findAttempt } from "../domain/job.js";
import { commit } from "./commit.js";
import { tasksOf } from "./tasks.js";
/**
 * Does what a committed job asks for: enqueues its tasks, delivers its outbox. Whatever fails here
 * is left to the sweeper, because the job itself is safe: that is why nothing is thrown.
 */
export async function deliver(deps, job) {
    await Promise.all([
        ...tasksOf(deps, job, deps.now()).map(({ name, task, dueAt }) => attemptTo(deps, job, `enqueue_${task.type}`, () => deps.queue.enqueue(name, task, dueAt))),
        ...job.outbox.map((effect) => attemptTo(deps, job, effect.type, () => deliverEffect(deps, job, effect))),
    ]);
}
async function deliverEffect(deps, job, effect) {
    switch (effect.type) {
        case "notify":
            await deps.notifier.jobEnded(job);
            await commit(deps, job.id, { type: "effects_delivered", ids: [effect.id] });
            return;
        case "cancel_operation":
            await cancelOperation(deps, job, effect.attempt);
    }
}
/** A provider that cannot stop a generation leaves the answer "unconfirmed", which is the truth. */
async function cancelOperation(deps, job, number) {
    const attempt = findAttempt(job, number);
    const provider = deps.providers.get(attempt?.provider ?? "");
    const operation = attempt?.operation;
    const result = operation == null || provider?.cancel === undefined ? null : await provider.cancel(operation);
    const confirmed = result?.status === "confirmed";
    await commit(deps, job.id, { type: "cancel_answered", attempt: number, confirmed });
}
async function attemptTo(deps, job, what, action) {
    try {
        await action();
    }
    catch (error) {
        deps.log.warn("job.delivery_failed", { jobId: job.id, what, reason: reasonOf(error) });
    }
}
export function reasonOf(error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : "unknown";
}
//# sourceMappingURL=deliver.js.map