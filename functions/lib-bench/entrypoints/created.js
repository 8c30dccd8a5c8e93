import { microsToUsd } from "../domain/money.js";
import { toView } from "../domain/view.js";
export function toCreated({ job, selection }, now) {
    const winner = selection?.winner ?? null;
    const view = toView(job, now);
    const costUsdMicros = winner?.costUsdMicros ?? job.attempts.at(-1)?.estimatedCostUsdMicros ?? null;
    return {
        jobId: job.id,
        status: job.status,
        provider: winner?.model.provider ?? view.provider,
        model: winner?.model.id ?? view.model,
        estimate: {
            costUsd: costUsdMicros === null ? null : microsToUsd(costUsdMicros),
            credits: view.endedAt === null ? job.heldCredits : job.chargedCredits,
            etaSeconds: winner === null ? null : Math.ceil(winner.p50Seconds),
        },
        adjustments: winner?.adjustments ?? view.adjustments,
    };
}
//# sourceMappingURL=created.js.map