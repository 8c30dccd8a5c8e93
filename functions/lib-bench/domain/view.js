import { isTerminal } from "./job.js";
import { microsToUsd } from "./money.js";
import { progressOf } from "./progress.js";
export function toView(job, now) {
    const current = currentAttempt(job);
    return {
        jobId: job.id,
        status: job.status,
        kind: job.request.kind,
        progress: progressOf(job, now),
        provider: current?.provider ?? null,
        model: current?.model ?? null,
        adjustments: current?.adjustments ?? [],
        attempts: job.attempts.map(toAttemptView),
        createdAt: job.createdAt,
        updatedAt: job.updatedAt,
        deadlineAt: job.deadlineAt,
        endedAt: job.endedAt,
        credits: { held: job.heldCredits, charged: job.chargedCredits },
        cancellation: job.cancellation,
        output: job.output,
        error: job.error,
        contentDraftId: job.request.contentDraftId ?? null,
        metadata: job.request.metadata ?? {},
    };
}
export function toAttemptView(attempt) {
    return {
        number: attempt.number,
        provider: attempt.provider,
        model: attempt.model,
        state: attempt.state,
        error: attempt.failure?.code ?? null,
        createdAt: attempt.createdAt,
        acceptedAt: attempt.acceptedAt,
        endedAt: attempt.endedAt,
        costUsd: microsToUsd(attempt.costUsdMicros ?? attempt.estimatedCostUsdMicros),
    };
}
/** The attempt that made the video, or the one at work. */
function currentAttempt(job) {
    const succeeded = job.attempts.find((attempt) => attempt.state === "succeeded" && !attempt.wasted);
    if (succeeded !== undefined)
        return succeeded;
    return isTerminal(job) ? job.attempts.at(-1) : job.attempts.find((attempt) => attempt.state === "running");
}
/** What the whole job cost us at providers so far, in micro-dollars. */
export function providerCostUsdMicros(job) {
    return job.attempts.reduce((sum, attempt) => {
        const accepted = attempt.acceptedAt !== null;
        return sum + (attempt.costUsdMicros ?? (accepted ? attempt.estimatedCostUsdMicros : 0));
    }, 0);
}
//# sourceMappingURL=view.js.map