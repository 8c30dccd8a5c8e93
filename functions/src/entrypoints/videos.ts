import { z } from "zod";
import { storedPart } from "../domain/job/composition.js";
import type { Job, Output } from "../domain/job/job.js";
import { toView } from "../domain/job/view.js";
import { segmentName } from "../domain/selection/composite-plan.js";
import { cancelJob } from "../engine/job/cancel-job.js";
import { findOwnJob } from "../engine/job/find-job.js";
import { quoteVideo as quote } from "../engine/job/quote-video.js";
import { submitJob } from "../engine/job/submit-job.js";
import { createRefreshGate, refreshJob } from "../engine/poll/refresh-job.js";
import { callable } from "./callable.js";
import { toCreated } from "./created.js";
import { preconditionError } from "./http-errors.js";
import { getVideoInput, jobInput, listInput, videoUrlInput, waitInput } from "./inputs.js";
import { waitForJob } from "./wait-for-job.js";

const urlLifetimeMs = 3_600_000;
/** The platform ends a callable after an hour; the answer has to be on its way by then. */
const longestWaitMs = 3_570_000;
/** Belongs to this instance, as the provider's limits are per account and instances are few. */
const refreshGate = createRefreshGate();

export const createVideo = callable(z.unknown(), async (deps, { caller, input }) =>
  toCreated(await submitJob(deps, caller, input), deps.now()),
);

export const quoteVideo = callable(z.unknown(), (deps, { caller, input }) => quote(deps, caller, input));

export const getVideo = callable(getVideoInput, async (deps, { caller, input }) => {
  const job = await findOwnJob(deps, caller.uid, input.jobId);
  return toView(input.refresh ? await refreshJob(deps, job, refreshGate) : job, deps.now());
});

/** Streams a view at every change to clients that can take it; others get only the last one. */
export const waitForVideo = callable(
  waitInput,
  async (deps, { caller, input, response }) => {
    const job = await findOwnJob(deps, caller.uid, input.jobId);
    const ended = await waitForJob(deps, job, {
      timeoutMs: Math.min(input.timeoutSeconds * 1_000, longestWaitMs),
      signal: response?.signal,
      onView: async (view) => response?.sendChunk(view),
    });
    return toView(ended, deps.now());
  },
  { timeoutSeconds: 3_600 },
);

export const listVideos = callable(listInput, async (deps, { caller, input }) => {
  const { status, limit, pageToken } = input;
  const page = await deps.jobs.listByOwner(caller.uid, {
    limit,
    ...(status === undefined ? {} : { status }),
    ...(pageToken === undefined ? {} : { pageToken }),
  });
  return { videos: page.items.map((job) => toView(job, deps.now())), nextPageToken: page.nextPageToken };
});

export const cancelVideo = callable(jobInput, async (deps, { caller, input }) => {
  const job = await cancelJob(deps, await findOwnJob(deps, caller.uid, input.jobId), "owner");
  return {
    jobId: job.id,
    status: job.status,
    cancellation: job.cancellation?.outcome ?? null,
    refundedCredits: job.cancellation?.refundedCredits ?? 0,
  };
});

export const getVideoUrl = callable(videoUrlInput, async (deps, { caller, input }) => {
  const job = await findOwnJob(deps, caller.uid, input.jobId);
  const { status, output } = job;
  if (input.kind === "image") return { url: publicImageUrl(job), expiresAt: null };
  if (status !== "completed" || output === null) {
    const mayYetBe = status !== "failed" && status !== "cancelled";
    throw preconditionError("NOT_COMPLETED", `There is no video: its status is ${status}.`, mayYetBe);
  }
  const path = input.kind === "video" ? videoPath(job, output, input.segment) : output.thumbnailPath;
  if (path === null) throw preconditionError("NO_THUMBNAIL", "This video has no thumbnail.", false);
  const expiresAt = deps.now() + urlLifetimeMs;
  return { url: await deps.media.signedUrl(path, expiresAt), expiresAt };
});

/** Of a scene; it is there as soon as it is stored, and stays when the video fails. */
function publicImageUrl({ composition }: Job): string {
  const url = storedPart(composition, "image")?.output.publicUrl;
  if (url !== undefined) return url;
  throw preconditionError("NO_IMAGE", "This video has no stored picture of its own.", false);
}

function videoPath({ composition }: Job, output: Output, segment: number | undefined): string {
  if (segment === undefined) return output.path;
  const part = storedPart(composition, segmentName(segment));
  if (part !== undefined) return part.output.path;
  throw preconditionError("NO_SEGMENT", "This video has no segment with this number.", false);
}
