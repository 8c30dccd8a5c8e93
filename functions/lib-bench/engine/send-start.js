import { UnreachableError } from "../domain/errors.js";
import { apply } from "./apply.js";
import { reasonOf } from "./deliver.js";
/** The paid call. Its attempt is already written; whatever comes back is written as it is. */
export async function sendStart(deps, job, attempt) {
    const provider = deps.providers.get(attempt.provider);
    if (provider === undefined) {
        await apply(deps, job.id, {
            type: "start_refused",
            attempt: attempt.number,
            failure: { code: "authentication", detail: "no key is configured" },
        });
        return;
    }
    await apply(deps, job.id, await outcomeOf(deps, provider, attempt));
}
async function outcomeOf(deps, provider, attempt) {
    const { number, idempotencyKey } = attempt;
    try {
        const result = await provider.start(attempt.plan, { idempotencyKey });
        if (result.status === "refused") {
            deps.log.warn("provider.refused", {
                provider: provider.id,
                model: attempt.model,
                key: idempotencyKey,
                code: result.failure.code,
                providerCode: result.failure.providerCode,
            });
            return { type: "start_refused", attempt: number, failure: result.failure };
        }
        const { operation, estimatedCostUsdMicros } = result;
        return {
            type: "start_accepted",
            attempt: number,
            operation,
            ...(estimatedCostUsdMicros === undefined ? {} : { estimatedCostUsdMicros }),
        };
    }
    catch (error) {
        deps.log.warn("provider.start_unanswered", {
            provider: provider.id,
            key: idempotencyKey,
            reason: reasonOf(error),
        });
        if (error instanceof UnreachableError && error.sent === "no") {
            return { type: "start_refused", attempt: number, failure: { code: error.code } };
        }
        const resendable = provider.startGuard === "idempotent";
        return { type: "start_unanswered", attempt: number, resendable };
    }
}
//# sourceMappingURL=send-start.js.map