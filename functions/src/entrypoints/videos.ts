import { z } from "zod";
import { toView } from "../domain/view.js";
import { cancelJob } from "../engine/cancel-job.js";
import { findOwnJob } from "../engine/find-job.js";
import { createRefreshGate, refreshJob } from "../engine/refresh-job.js";
import { submitJob } from "../engine/submit-job.js";
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
  const { status, output } = await findOwnJob(deps, caller.uid, input.jobId);
  if (status !== "completed" || output === null) {
    const mayYetBe = status !== "failed" && status !== "cancelled";
    throw preconditionError("NOT_COMPLETED", `There is no video: its status is ${status}.`, mayYetBe);
  }
  const path = input.kind === "video" ? output.path : output.thumbnailPath;
  if (path === null) throw preconditionError("NO_THUMBNAIL", "This video has no thumbnail.", false);
  const expiresAt = deps.now() + urlLifetimeMs;
  return { url: await deps.media.signedUrl(path, expiresAt), expiresAt };
});
