import { creditsForSegments } from "../../domain/accounting/credits.js";
import { creditsToCapture, earlierPrice } from "../../domain/accounting/price.js";
import { reasonOf } from "../../domain/errors.js";
import type { Job } from "../../domain/job/job.js";
import { commit } from "../commit.js";
import type { Deps } from "../deps.js";
import { apply, deliver, enqueueAdvance } from "../outbox.js";
import type { StoredObject } from "../ports/media-store.js";
import { storePlaylist } from "./assemble.js";
import { convertVideo } from "./convert-video.js";
import { fetchOriginal } from "./fetch-original.js";
import { filesLeftBy } from "./job-files.js";
import { keepLastFrame } from "./last-frame.js";
import { storeImage } from "./store-image.js";
import { storeThumbnail } from "./store-thumbnail.js";
import { isOvertaken, openTry, type Stored, type StoreFailure, type StoreTry } from "./store-try.js";

/**
 * Makes the file ours: reads the provider for a fresh URL, streams it to the bucket, checks it,
 * converts it if that was asked for, and only then completes the job, which is what charges the user.
 */
export async function storeVideo(deps: Deps, jobId: string): Promise<Job | null> {
  const found = await deps.jobs.get(jobId);
  const current = await openTry(deps, found);
  if (current === null) {
    // A try that died may have left a picture that anybody can open.
    if (found?.request.kind === "still" && (await isUnowned(deps, found))) {
      for (const path of filesLeftBy(found)) await deps.media.delete(path);
    }
    return null;
  }
  const { job, source } = current;
  if (!(await isBegun(deps, current))) return null;
  await enqueueAdvanceEarly(deps, job);
  const result = await makeOutput(deps, current);
  if (!result.ok) return giveUpTry(deps, current, result);
  const { output, files, leftover } = result;
  await keepLastFrame(deps, job, output);
  const price = job.price ?? earlierPrice(job.request, job.heldCredits + job.chargedCredits);
  const { policy } = await deps.snapshot();
  const full = creditsToCapture(price, output.durationSeconds, job.heldCredits);
  const credits = output.medium === "playlist" ? creditsForSegments(full, policy) : full;
  const attempt = source.attempt?.number ?? null;
  const done = await apply(deps, jobId, { type: "stored", attempt, output, credits });
  if (done !== null && leftover !== null) await discard(deps, [leftover]);
  if (done === null && (await isUnowned(deps, await deps.jobs.get(jobId)))) await discard(deps, files);
  return done;
}

/** Counts the try before it looks at the file. `false`: too many have died of it, or it is not awaited any more. */
async function isBegun(deps: Deps, { job: { id }, source }: StoreTry): Promise<boolean> {
  const attempt = source.attempt?.number ?? null;
  const begun = await commit(deps, id, { type: "store_begun", attempt });
  if (begun === null) return false;
  if (begun.next?.step === "store" && begun.next.attempt === attempt) return true;
  await deliver(deps, begun);
  return false;
}

/**
 * Does nobody want what was just stored? So it is after a cancellation, also of the whole that a
 * picture belongs to: whoever was held up may write that picture again after it was deleted.
 */
async function isUnowned(deps: Deps, job: Job | null): Promise<boolean> {
  if (job === null || job.status === "cancelled") return true;
  if (job.partOf === undefined || job.request.kind !== "still") return false;
  return (await deps.jobs.get(job.partOf.jobId))?.status === "cancelled";
}

async function makeOutput(deps: Deps, current: StoreTry): Promise<Stored | StoreFailure> {
  const { source } = current;
  if (source.attempt === null) {
    if (source.plan.type === "segments" && !source.plan.joined) return storePlaylist(deps, current, source);
  } else if (source.attempt.plan.mode === "still") return storeImage(deps, current, source);
  const original = await fetchOriginal(deps, current);
  if (!original.ok) return original;
  const video = await convertVideo(deps, current, original);
  if (!video.ok) return video;
  const leftover = video.path === original.path ? null : original.stored;
  const pictured = leftover === null ? { ...original, facts: video.facts } : original;
  const thumbnail = await storeThumbnail(deps, current, pictured);
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

/** The whole shows that the provider has finished. Nothing depends on it, so a failure is only logged. */
async function enqueueAdvanceEarly(deps: Deps, job: Job): Promise<void> {
  try {
    await enqueueAdvance(deps, job);
  } catch (error) {
    deps.log.info("job.part_untold", { jobId: job.id, reason: reasonOf(error) });
  }
}

async function giveUpTry(
  deps: Deps,
  { job, source }: StoreTry,
  { code, obstacle, reason, refusedSha256, kept }: StoreFailure,
): Promise<Job | null> {
  const { attempt } = source;
  const number = attempt?.number ?? null;
  const fields = { jobId: job.id, attempt: number, provider: attempt?.provider, code, reason };
  if (isOvertaken({ reason })) deps.log.info("output.overtaken", fields);
  else deps.log.warn("output.rejected", fields);
  const sameFile = refusedSha256 === undefined ? {} : { refusedSha256 };
  const failure = { type: "store_failed", attempt: number, code, obstacle, reason, ...sameFile } as const;
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
