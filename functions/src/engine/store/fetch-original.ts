import { canonicalJson, sha256 } from "../../domain/hash.js";
import type { Attempt, Job } from "../../domain/job/job.js";
import { mismatch } from "../../domain/output/check.js";
import type { OperationStatus, VideoProvider } from "../../domain/provider/provider.js";
import type { Deps } from "../deps.js";
import type { StoredVideo } from "../ports/converter.js";
import { DownloadError } from "../ports/downloads.js";
import type { StoredObject, WriteOptions } from "../ports/media-store.js";
import { readOperation } from "../read-operation.js";
import { assemble, wholePlan } from "./assemble.js";
import { jobFiles } from "./job-files.js";
import { type StoreFailure, storeFailure, toStoreFailure } from "./store-failure.js";

/** The provider's file in our bucket, found to be what was asked for. */
export interface CheckedFile extends StoredVideo {
  readonly ok: true;
  readonly stored: StoredObject;
}

export interface Original extends CheckedFile {
  /** `null`: an earlier try had fetched the file, and the provider was not asked again. */
  readonly status: Extract<OperationStatus, { status: "succeeded" }> | null;
}

/**
 * Makes the provider's file ours. One that an earlier try of this attempt left complete is used
 * again: the provider's copy may be gone by now.
 */
export async function fetchOriginal(
  deps: Deps,
  job: Job,
  attempt: Attempt,
  provider: VideoProvider,
): Promise<Original | StoreFailure> {
  const asked = attempt.composite === undefined ? attempt : { ...attempt, plan: wholePlan(job, attempt) };
  try {
    const found = await deps.media.stat(jobFiles(job).video);
    if (found?.metadata.generation === generationOf(attempt)) return await check(deps, asked, found, null);
    if (!(await isAwaited(deps, job, attempt)))
      return storeFailure("upload_failed", "own_trouble", "late: it is another's turn");
    if (attempt.composite !== undefined) {
      const options = { ...(await writeOptions(deps, job, attempt)), replaces: found };
      return await check(deps, asked, await assemble(deps, job, attempt, options), null);
    }
    const status = await readOutcome(deps, job, attempt, provider);
    if (status.status === "pending")
      return storeFailure("download_failed", "out_of_reach", "pending: not finished after all");
    if (status.status !== "succeeded") {
      return storeFailure("expired", "bad_file", "gone: the provider no longer has the file");
    }
    const stored = await copyToBucket(deps, job, attempt, provider, status.outputUrl, found);
    return await check(deps, attempt, stored, status);
  } catch (error) {
    return toStoreFailure(error);
  }
}

/** How the files of an attempt are kept: private, and marked so that a later attempt is told apart. */
export async function writeOptions(
  deps: Deps,
  job: Job,
  attempt: Attempt,
): Promise<Omit<WriteOptions, "contentType">> {
  const { policy } = await deps.snapshot();
  return {
    maxBytes: policy.limits.maxOutputBytes,
    public: false,
    metadata: { jobId: job.id, attempt: String(attempt.number), generation: generationOf(attempt) },
  };
}

/** One generation at one provider: job ids come again when a requestId does, after a clean-up. */
export function generationOf({ createdAt, operation }: Attempt): string {
  return sha256(canonicalJson([createdAt, operation])).slice(0, 16);
}

/**
 * Asked after the look at what lies there: whoever was held up for minutes before that look must not
 * take the finished file of another attempt for a remnant, and put its own in its place.
 */
export async function isAwaited(deps: Deps, job: Job, { number }: Attempt): Promise<boolean> {
  const next = (await deps.jobs.get(job.id))?.next;
  return next?.step === "store" && next.attempt === number;
}

async function check(
  deps: Deps,
  attempt: Attempt,
  stored: StoredObject,
  status: Original["status"],
): Promise<Original | StoreFailure> {
  const { path } = stored;
  const inspection = await deps.inspector.video(path);
  const problem = inspection.ok ? mismatch(inspection.facts, attempt.plan) : inspection.detail;
  if (inspection.ok && problem === null) return { ok: true, path, stored, facts: inspection.facts, status };
  await deps.media.delete(path, stored);
  return storeFailure(
    "bad_output",
    "bad_file",
    `${inspection.ok ? "mismatch" : inspection.defect}: ${problem}`,
  );
}

/** Finished files expire at the provider, so the URL is asked for when it is needed, never kept. */
export async function readOutcome(
  deps: Deps,
  { id: jobId }: Job,
  { number: attempt, operation, credentialId }: Attempt,
  provider: VideoProvider,
): Promise<OperationStatus> {
  if (operation === null) return { status: "missing" };
  return readOperation(deps, provider, { jobId, attempt, operation, credentialId: credentialId ?? null });
}

async function copyToBucket(
  deps: Deps,
  job: Job,
  attempt: Attempt,
  provider: VideoProvider,
  url: string,
  replaces: StoredObject | null,
): Promise<StoredObject> {
  const options = await writeOptions(deps, job, attempt);
  const download = await deps.downloads.open(url, provider.outputHosts);
  if (download.bytes !== null && download.bytes > options.maxBytes) {
    download.stream.destroy();
    throw new DownloadError("too_large", `${download.bytes} bytes are announced`);
  }
  return deps.media.write(jobFiles(job).video, download.stream, {
    ...options,
    contentType: "video/mp4",
    replaces,
  });
}
