import { type ErrorCode, UnreachableError } from "../domain/errors.js";
import { type Attempt, findAttempt, type Job, type Output } from "../domain/job.js";
import { type Inspection, mismatch } from "../domain/output-check.js";
import { creditsToCapture } from "../domain/pricing.js";
import type { OperationStatus, VideoProvider } from "../domain/provider.js";
import { apply } from "./apply.js";
import { reasonOf } from "./deliver.js";
import { type Deps, DownloadError, type StoredObject } from "./ports.js";

/** A try that did not end with a checked file. `retry` when the same attempt may yet deliver one. */
interface StoreFailure {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly retry: boolean;
  readonly reason: string;
}

/**
 * Makes the file ours: reads the provider for a fresh URL, streams it to the bucket, checks it, and
 * only then completes the job, which is what charges the user.
 */
export async function storeVideo(deps: Deps, jobId: string): Promise<Job | null> {
  const job = await deps.jobs.get(jobId);
  if (job === null || job.status !== "storing" || job.next?.step !== "store") return null;
  const attempt = findAttempt(job, job.next.attempt);
  const provider = deps.providers.get(attempt?.provider ?? "");
  if (attempt === undefined || provider === undefined) return null;

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

async function storeAndCheck(
  deps: Deps,
  job: Job,
  attempt: Attempt,
  provider: VideoProvider,
): Promise<{ ok: true; output: Output } | StoreFailure> {
  let stored: StoredObject;
  let inspection: Inspection;
  try {
    const status = await readOutcome(provider, attempt);
    if (status.status === "pending") {
      return { ok: false, code: "download_failed", retry: true, reason: "not finished after all" };
    }
    if (status.status !== "succeeded") {
      return { ok: false, code: "expired", retry: false, reason: "the provider no longer has the file" };
    }
    stored = await copyToBucket(deps, job, attempt, provider, status.outputUrl);
    inspection = await deps.inspector.video(stored.path);
  } catch (error) {
    return toFailure(error);
  }
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
async function readOutcome(provider: VideoProvider, attempt: Attempt): Promise<OperationStatus> {
  return attempt.operation === null ? { status: "missing" } : provider.status(attempt.operation);
}

async function copyToBucket(
  deps: Deps,
  job: Job,
  attempt: Attempt,
  provider: VideoProvider,
  url: string,
): Promise<StoredObject> {
  const { policy } = await deps.health.snapshot();
  const download = await deps.downloads.open(url, provider.outputHosts);
  return deps.media.write(`videos/${job.uid}/${job.id}.mp4`, download.stream, {
    contentType: "video/mp4",
    maxBytes: policy.limits.maxOutputBytes,
    public: false,
    metadata: { jobId: job.id, attempt: String(attempt.number) },
  });
}

function toFailure(error: unknown): StoreFailure {
  const reason = reasonOf(error);
  if (error instanceof UnreachableError) return { ok: false, code: "download_failed", retry: true, reason };
  if (!(error instanceof DownloadError)) return { ok: false, code: "upload_failed", retry: true, reason };
  const retry = error.reason === "expired" || error.reason === "unreachable" || error.reason === "incomplete";
  const code = error.reason === "too_large" ? "bad_output" : "download_failed";
  return { ok: false, code, retry, reason };
}
