import { creditsToHold } from "./pricing.js";
import { requestHash } from "./request.js";
/** A job as it is first written: queued, with its credits held and its start due at once. */
export function newJob(id, caller, request, policy, now) {
    return {
        id,
        uid: caller.uid,
        tier: caller.tier,
        request,
        requestHash: requestHash(request),
        status: "queued",
        version: 1,
        createdAt: now,
        updatedAt: now,
        deadlineAt: now + deadlineMs(request, policy),
        endedAt: null,
        attempts: [],
        next: { step: "start", dueAt: now },
        checkAt: now + 15_000,
        outbox: [],
        heldCredits: creditsToHold(request, policy),
        chargedCredits: 0,
        progressPercent: 0,
        cancellation: null,
        output: null,
        error: null,
    };
}
/** Named by the caller or by the policy. */
export function deadlineMs(request, policy) {
    return (request.deadlineSeconds ?? policy.limits.deadlineSeconds) * 1_000;
}
export function holdEntry(job) {
    return {
        id: `${job.id}:hold`,
        uid: job.uid,
        type: "hold",
        credits: job.heldCredits,
        jobId: job.id,
        at: job.createdAt,
        note: "video started",
    };
}
//# sourceMappingURL=new-job.js.map