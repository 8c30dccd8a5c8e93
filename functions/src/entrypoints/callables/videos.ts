import { z } from "zod";
import { isPartOfOwner, storedPart } from "../../domain/job/composition.js";
import type { Eta } from "../../domain/job/eta.js";
import { type Job, type JobStatus, type Output, openStatuses } from "../../domain/job/job.js";
import { toView } from "../../domain/job/view.js";
import { microsToUsd, type UsdMicros } from "../../domain/money.js";
import type { Adjustment } from "../../domain/request/request.js";
import { segmentName, shownAs } from "../../domain/selection/composite-plan.js";
import type { Selection } from "../../domain/selection/selection.js";
import { cancelJob } from "../../engine/job/cancel.js";
import { findOwnJob } from "../../engine/job/find.js";
import { quoteVideo as quote } from "../../engine/job/quote.js";
import { retryVideo as retry } from "../../engine/job/retry.js";
import { type Submitted, submitJob, submitScene } from "../../engine/job/submit.js";
import { createRefreshGate, refreshJob } from "../../engine/poll/refresh-job.js";
import { callable, parsedByEngine } from "./callable.js";
import { preconditionError } from "./http-errors.js";

const statuses = [
  ...openStatuses,
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly JobStatus[];
const urlLifetimeMs = 3_600_000;
/** Belongs to this instance, as the provider's limits are per account and instances are few. */
const refreshGate = createRefreshGate();

/** Any text: a malformed id is answered like an absent one, so that nothing can be learned from it. */
const jobId = z.string();

export const createVideo = callable({
  input: parsedByEngine,
  spends: true,
  run: async (deps, caller, input) => toCreated(await submitJob(deps, caller, input), deps.now()),
});

/** A picture first, and then the video that begins with it. */
export const createSceneVideo = callable({
  input: parsedByEngine,
  spends: true,
  run: async (deps, caller, input) => toCreated(await submitScene(deps, caller, input), deps.now()),
});

export const quoteVideo = callable({ input: parsedByEngine, limit: () => "quote", run: quote });

export const getVideo = callable({
  input: z.strictObject({ jobId, refresh: z.boolean().default(false) }),
  limit: ({ refresh }) => (refresh ? "refresh" : null),
  run: async (deps, { uid }, { jobId, refresh }) => {
    const job = await findOwnJob(deps, uid, jobId);
    return toView(refresh ? await refreshJob(deps, job, refreshGate) : job, deps.now());
  },
});

export const listVideos = callable({
  input: z.strictObject({
    status: z.enum(statuses).optional(),
    limit: z.number().int().min(1).max(100).default(20),
    pageToken: z.string().min(1).max(500).optional(),
  }),
  limit: () => "list",
  run: async (deps, { uid }, { limit, status, pageToken }) => {
    const page = await deps.jobs.listByOwner(uid, {
      limit,
      ...(status === undefined ? {} : { status }),
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    return { videos: page.items.map((job) => toView(job, deps.now())), nextPageToken: page.nextPageToken };
  },
});

/** Tries a video again that failed or was cancelled; what is stored of a scene or long video is kept. */
export const retryVideo = callable({
  input: z.strictObject({ jobId }),
  spends: true,
  run: async (deps, { uid }, { jobId }) =>
    toCreated({ job: await retry(deps, uid, jobId), selection: null }, deps.now()),
});

export const cancelVideo = callable({
  input: z.strictObject({ jobId }),
  run: async (deps, { uid }, { jobId }) => {
    const { id, status, cancellation, heldCredits } = await cancelJob(
      deps,
      await findOwnJob(deps, uid, jobId),
      "owner",
    );
    return {
      jobId: id,
      status,
      cancellation: cancellation?.outcome ?? null,
      refundedCredits: cancellation?.refundedCredits ?? 0,
      chargedCredits: cancellation?.chargedCredits ?? 0,
      /** While it is not known whether a provider keeps something. */
      heldCredits,
    };
  },
});

export const getVideoUrl = callable({
  input: z.strictObject({
    jobId,
    kind: z.enum(["video", "thumbnail", "image"]).default("video"),
    /** One segment of a video that is delivered as a list of them, from 1. */
    segment: z.number().int().min(1).max(100).optional(),
  }),
  run: async (deps, { uid }, { jobId, kind, segment }) => {
    const job = await findOwnJob(deps, uid, jobId);
    const { status, output } = job;
    const expiresAt = deps.now() + urlLifetimeMs;
    if (kind === "image") {
      const { publicUrl, path } = storedImage(job);
      if (publicUrl !== undefined) return { url: publicUrl, expiresAt: null };
      return { url: await deps.media.signedUrl(path, expiresAt), expiresAt };
    }
    if (status !== "completed" || output === null) {
      const mayYetBe = status !== "failed" && status !== "cancelled";
      throw preconditionError("NOT_COMPLETED", `There is no video: its status is ${status}.`, mayYetBe);
    }
    const path = kind === "video" ? videoPath(job, output, segment) : output.thumbnailPath;
    if (path === null) throw preconditionError("NO_THUMBNAIL", "This video has no thumbnail.", false);
    return { url: await deps.media.signedUrl(path, expiresAt), expiresAt };
  },
});

/** Of a scene; it is there as soon as it is stored and charged, and stays when the video fails. */
function storedImage(job: Job): Output {
  const image = storedPart(job.composition, "image");
  if (image !== undefined && isPartOfOwner(job, image)) return image.output;
  throw preconditionError("NO_IMAGE", "This video has no stored picture of its own.", false);
}

function videoPath({ composition }: Job, output: Output, segment: number | undefined): string {
  if (segment === undefined) return output.path;
  const part = storedPart(composition, segmentName(segment));
  if (part !== undefined) return part.output.path;
  throw preconditionError("NO_SEGMENT", "This video has no segment with this number.", false);
}

/** What a caller learns at once: the job, and what its first choice would be and cost. */
interface Created {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly provider: string | null;
  readonly model: string | null;
  readonly estimate: {
    /** What we expect to pay the provider; `null` when nothing has been chosen yet. */
    readonly costUsd: number | null;
    readonly credits: number;
    /** `null` for a job that was there already: `getVideo` tells how far it is. */
    readonly etaSeconds: number | null;
  };
  readonly eta: Eta | null;
  readonly adjustments: readonly Adjustment[];
}

function toCreated({ job, selection }: Submitted, now: number): Created {
  const winner = selection?.winner ?? null;
  const view = toView(job, now);
  const costUsdMicros = winner?.costUsdMicros ?? expectedCost(job);
  const first = selection === null ? null : firstChoice(selection);
  return {
    jobId: job.id,
    status: job.status,
    provider: first?.provider ?? view.provider,
    model: first?.model ?? view.model,
    estimate: {
      costUsd: costUsdMicros === null ? null : microsToUsd(costUsdMicros),
      credits: view.endedAt === null ? job.heldCredits : job.chargedCredits,
      etaSeconds: winner === null ? null : Math.ceil(winner.p50Seconds),
    },
    eta: view.eta,
    adjustments: winner?.adjustments ?? view.adjustments,
  };
}

function firstChoice({ winner, composition }: Selection) {
  if (winner === null) return null;
  const { provider, id: model } = winner.model;
  return composition === undefined ? { provider, model } : shownAs[composition.type];
}

function expectedCost({ attempts, composition }: Job): UsdMicros | null {
  return attempts.at(-1)?.estimatedCostUsdMicros ?? composition?.estimate?.costUsdMicros ?? null;
}
