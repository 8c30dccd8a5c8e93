import { RequestError } from "../domain/errors.js";
import { sha256 } from "../domain/hash.js";
import { deadlineMs, holdEntry, newJob } from "../domain/new-job.js";
import { parseRequest, requestHash } from "../domain/request.js";
import { checkProviderNames, select } from "../domain/selection.js";
import { deliver } from "./deliver.js";
import { noCandidateError } from "./no-candidate.js";
/**
 * Accepts a request: checks it, holds its credits and writes the job, in that order and before any
 * provider is asked. The same `requestId` returns the same job. Throws `RequestError`.
 */
export async function submitJob(deps, caller, input) {
    const request = parseRequest(input);
    checkProviderNames(deps.catalogue, request);
    checkOutput(request);
    const hash = requestHash(request);
    const id = jobIdOf(caller.uid, request.requestId ?? deps.newId());
    const existing = request.requestId === undefined ? null : await deps.jobs.get(id);
    if (existing !== null)
        return { job: sameRequest(existing, hash), selection: null };
    const snapshot = await deps.health.snapshot();
    const now = deps.now();
    const selection = selectFor(deps, caller, request, snapshot, now);
    if (selection.winner === null)
        throw noCandidateError(deps.catalogue, request, selection);
    const fresh = newJob(id, caller, request, snapshot.policy, now);
    const { startsPerUserPerMinute } = snapshot.policy.limits;
    const { job, created } = await deps.jobs.create(fresh, holdEntry(fresh), startsPerUserPerMinute);
    if (!created)
        return { job: sameRequest(job, hash), selection: null };
    deps.log.info("job.submitted", {
        jobId: id,
        uid: caller.uid,
        kind: request.kind,
        credits: job.heldCredits,
    });
    await deliver(deps, job);
    return { job, selection };
}
/** The selection that a new request would get now. Writes nothing and asks no provider. */
export function selectFor(deps, caller, request, snapshot, now) {
    return select(deps.catalogue, request, snapshot, {
        now,
        profile: profileOf(caller.tier, snapshot.policy),
        deadlineAt: now + deadlineMs(request, snapshot.policy),
        failed: [],
        budgetLeftUsdMicros: null,
    });
}
export function profileOf(tier, policy) {
    return policy.tierProfiles[tier] ?? "balanced";
}
/** Derived from owner and requestId, so that a repetition finds the first; never sequential. */
function jobIdOf(uid, requestId) {
    return sha256(`job:${uid}:${requestId}`).slice(0, 24);
}
function sameRequest(job, hash) {
    if (job.requestHash === hash)
        return job;
    throw new RequestError("already_exists", "requestId: it was used for a different request; choose another", {
        jobId: job.id,
        requestHash: hash,
        existingRequestHash: job.requestHash,
    });
}
/** Conversions need a converter, which this installation does not have. */
function checkOutput(request) {
    const { format, codec, bitrateKbps } = request.output;
    if (format === "mp4" && (codec ?? "h264") === "h264" && bitrateKbps === undefined)
        return;
    throw new RequestError("invalid_argument", "output: only mp4 with h264 at the provider's own bitrate can be made here; leave output out", { field: "output" });
}
//# sourceMappingURL=submit-job.js.map