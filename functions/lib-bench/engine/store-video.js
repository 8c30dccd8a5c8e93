import { findAttempt } from "../domain/job.js";
import { mismatch } from "../domain/output-check.js";
import { creditsToCapture } from "../domain/pricing.js";
import { apply } from "./apply.js";
import { reasonOf } from "./deliver.js";
import { DownloadError } from "./ports.js";
/**
 * Makes the file ours: reads the provider for a fresh URL, streams it to the bucket, checks it, and
 * only then completes the job, which is what charges the user.
 */
export async function storeVideo(deps, jobId) {
    const job = await deps.jobs.get(jobId);
    if (job === null || job.status !== "storing" || job.next?.step !== "store")
        return null;
    const attempt = findAttempt(job, job.next.attempt);
    const provider = deps.providers.get(attempt?.provider ?? "");
    if (attempt === undefined || provider === undefined)
        return null;
    const result = await storeAndCheck(deps, job, attempt, provider);
    if (!result.ok) {
        const { code, retry, reason } = result;
        deps.log.warn("output.rejected", { jobId, attempt: attempt.number, provider: provider.id, code, reason });
        return apply(deps, jobId, { type: "store_failed", attempt: attempt.number, code, retry });
    }
    const { policy } = await deps.health.snapshot();
    const { output } = result;
    const credits = creditsToCapture(job.request, output.durationSeconds, job.heldCredits, policy);
    const done = await apply(deps, jobId, { type: "stored", attempt: attempt.number, output, credits });
    // Cancelled in the meantime: nobody owns the file, so it goes.
    if (done === null && (await deps.jobs.get(jobId))?.status === "cancelled")
        await deps.media.delete(output.path);
    return done;
}
async function storeAndCheck(deps, job, attempt, provider) {
    let stored;
    try {
        const url = await freshUrl(provider, attempt);
        if (url === null) {
            return { ok: false, code: "expired", retry: false, reason: "the provider no longer has the file" };
        }
        stored = await copyToBucket(deps, job, attempt, provider, url);
    }
    catch (error) {
        return toFailure(error);
    }
    const inspection = await deps.inspector.video(stored.path);
    const problem = inspection.ok
        ? mismatch(inspection.facts, attempt.plan)
        : `${inspection.defect}: ${inspection.detail}`;
    if (!inspection.ok || problem !== null) {
        await deps.media.delete(stored.path);
        return { ok: false, code: "bad_output", retry: false, reason: problem ?? "unknown" };
    }
    const { path, bytes, sha256, contentType } = stored;
    return { ok: true, output: { path, bytes, sha256, contentType, ...inspection.facts, thumbnailPath: null } };
}
/** Finished files expire at the provider, so the URL is asked for when it is needed, never kept. */
async function freshUrl(provider, attempt) {
    if (attempt.operation === null)
        return null;
    const status = await provider.status(attempt.operation);
    return status.status === "succeeded" ? status.outputUrl : null;
}
async function copyToBucket(deps, job, attempt, provider, url) {
    const { policy } = await deps.health.snapshot();
    const download = await deps.downloads.open(url, provider.outputHosts);
    return deps.media.write(`videos/${job.uid}/${job.id}.mp4`, download.stream, {
        contentType: "video/mp4",
        maxBytes: policy.limits.maxOutputBytes,
        public: false,
        metadata: { jobId: job.id, attempt: String(attempt.number) },
    });
}
function toFailure(error) {
    const reason = reasonOf(error);
    if (!(error instanceof DownloadError))
        return { ok: false, code: "upload_failed", retry: true, reason };
    const retry = error.reason === "expired" || error.reason === "unreachable" || error.reason === "incomplete";
    const code = error.reason === "too_large" ? "bad_output" : "download_failed";
    return { ok: false, code, retry, reason };
}
//# sourceMappingURL=store-video.js.map