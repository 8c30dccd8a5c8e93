import { creditsToCapture } from "../../domain/accounting/credits.js";
import { reasonOf } from "../../domain/errors.js";
import { type Attempt, findAttempt, type Job, type Output } from "../../domain/job/job.js";
import type { VideoProvider } from "../../domain/provider/provider.js";
import { apply } from "../apply.js";
import type { Deps } from "../deps.js";
import type { StoredObject } from "../ports/media-store.js";
import { tellWhole } from "../tell-whole.js";
import { convertVideo } from "./convert-video.js";
import { fetchOriginal } from "./fetch-original.js";
import { keepLastFrame } from "./last-frame.js";
import type { StoreFailure } from "./store-failure.js";
import { storeImage } from "./store-image.js";
import { storePlaylist } from "./store-playlist.js";
import { storeThumbnail } from "./store-thumbnail.js";

/** A checked file, and every object that was written for it. */
export interface Stored {
  readonly ok: true;
  readonly output: Output;
  readonly files: readonly StoredObject[];
  /** The original of a file that is kept under another name. */
  readonly leftover: StoredObject | null;
}

/**
 * Makes the file ours: reads the provider for a fresh URL, streams it to the bucket, checks it,
 * converts it if that was asked for, and only then completes the job, which is what charges the user.
 */
export async function storeVideo(deps: Deps, jobId: string): Promise<Job | null> {
  const job = await deps.jobs.get(jobId);
  if (job === null || job.status !== "storing" || job.next?.step !== "store") return null;
  const attempt = findAttempt(job, job.next.attempt);
  const provider = deps.providers.get(attempt?.provider ?? "");
  if (attempt === undefined || provider === undefined) return null;

  await tellWholeEarly(deps, job);
  const result = await makeOutput(deps, job, attempt, provider);
  if (!result.ok) return giveUpTry(deps, job, attempt, result);
  const { policy } = await deps.snapshot();
  const { output, files, leftover } = result;
  await keepLastFrame(deps, job, output);
  const credits = creditsToCapture(job.request, output.durationSeconds, job.heldCredits, policy);
  const done = await apply(deps, jobId, { type: "stored", attempt: attempt.number, output, credits });
  if (done !== null && leftover !== null) await discard(deps, [leftover]);
  // Cancelled in the meantime: nobody owns the files, so they go.
  if (done === null && (await deps.jobs.get(jobId))?.status === "cancelled") await discard(deps, files);
  return done;
}

async function makeOutput(
  deps: Deps,
  job: Job,
  attempt: Attempt,
  provider: VideoProvider,
): Promise<Stored | StoreFailure> {
  if (attempt.plan.mode === "still") return storeImage(deps, job, attempt, provider);
  if (attempt.composite?.type === "segments" && !attempt.composite.joined) {
    return storePlaylist(deps, job, attempt);
  }
  const original = await fetchOriginal(deps, job, attempt, provider);
  if (!original.ok) return original;
  const video = await convertVideo(deps, job, attempt, original);
  if (!video.ok) return video;
  const leftover = video.path === original.path ? null : original.stored;
  const source = leftover === null ? { ...original, facts: video.facts } : original;
  const thumbnail = await storeThumbnail(deps, job, attempt, provider, source);
  const { path, bytes, sha256, contentType } = video.stored;
  return {
    ok: true,
    output: {
      medium: "video",
      path,
      bytes,
      sha256,
      contentType,
      ...video.facts,
      thumbnailPath: thumbnail?.path ?? null,
    },
    files: [video.stored, leftover, thumbnail].filter((file) => file !== null),
    leftover,
  };
}

/** That the provider has finished is only news: nothing waits for it. */
async function tellWholeEarly(deps: Deps, job: Job): Promise<void> {
  try {
    await tellWhole(deps, job);
  } catch (error) {
    deps.log.info("job.part_untold", { jobId: job.id, reason: reasonOf(error) });
  }
}

async function giveUpTry(
  deps: Deps,
  job: Job,
  attempt: Attempt,
  { code, obstacle, reason, kept }: StoreFailure,
): Promise<Job | null> {
  const { number } = attempt;
  deps.log.warn("output.rejected", {
    jobId: job.id,
    attempt: number,
    provider: attempt.provider,
    code,
    reason,
  });
  const failure = { type: "store_failed", attempt: number, code, obstacle, reason } as const;
  const after = await apply(deps, job.id, failure);
  const current = after ?? (await deps.jobs.get(job.id));
  const isTriedAgain = current?.next?.step === "store" && current.next.attempt === number;
  // Kept for the next try; nobody will make one.
  if (kept !== undefined && !isTriedAgain && current?.status !== "completed") await discard(deps, [kept]);
  return after;
}

/** What cannot be deleted now is found by the clean-up. */
async function discard(deps: Deps, files: readonly StoredObject[]): Promise<void> {
  for (const file of files) {
    try {
      await deps.media.delete(file.path, file);
    } catch (error) {
      deps.log.warn("output.left_behind", { path: file.path, reason: reasonOf(error) });
    }
  }
}
