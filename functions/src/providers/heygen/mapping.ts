import { costOf } from "../../domain/provider/model.js";
import type { GenerationPlan, OperationStatus, StartContext } from "../../domain/provider/provider.js";
import { unknownStatus } from "../shared/answer.js";
import { toVideoFailure } from "./failures.js";
import { models } from "./models.js";
import type { WireVideo } from "./wire-types.js";

/** Who speaks: the vendor's ids, chosen by `presenter.ts`. */
export type Presenter =
  | { readonly type: "avatar"; readonly avatarId: string; readonly voiceId: string | undefined }
  | { readonly type: "photo"; readonly voiceId: string };

/** The vendor's name for the engine of a model. */
export function engineOf(modelId: string): string {
  return models.find((model) => model.id === modelId)?.name ?? modelId.replace(/^[^:]*:/, "");
}

/** Body of POST /v3/videos. */
export function toBody(plan: GenerationPlan, context: StartContext, presenter: Presenter) {
  const common = {
    script: plan.text,
    aspect_ratio: plan.size.ratio,
    resolution: plan.size.resolution,
    // The vendor's dashboard shows only this field of ours, so it connects a bill with a job.
    title: context.idempotencyKey,
    callback_id: context.idempotencyKey,
    ...(context.callbackUrl === undefined ? {} : { callback_url: context.callbackUrl }),
    ...(presenter.voiceId === undefined ? {} : { voice_id: presenter.voiceId }),
  };
  if (presenter.type === "photo") {
    return { type: "image", image: { type: "url", url: imageOf(plan) }, ...common };
  }
  return {
    type: "avatar",
    avatar_id: presenter.avatarId,
    // Named even when it is the vendor's default: with another default the price would change.
    engine: { type: engineOf(plan.model) },
    ...common,
  };
}

function imageOf(plan: GenerationPlan): string {
  if (plan.image === undefined) throw new Error("a photo plan has an image");
  return plan.image;
}

/** GET /v3/videos/{video_id}. It tells no progress. */
export function fromVideo(video: WireVideo, modelId: string): OperationStatus {
  switch (video.status) {
    case "completed":
      return fromCompleted(video, modelId);
    case "failed":
      return { status: "failed", failure: toVideoFailure(video.failure_code, video.failure_message) };
    case "waiting":
    case "pending":
    case "queued":
    case "processing":
    case "generating":
      return { status: "pending" };
    default:
      return unknownStatus(video.status);
  }
}

function fromCompleted(video: WireVideo, modelId: string): OperationStatus {
  // Finished but not published yet; the deadline of the job ends the wait.
  if (!video.video_url) return { status: "pending" };
  const cost = costOfVideo(video, modelId);
  return {
    status: "succeeded",
    outputUrl: video.video_url,
    ...(video.thumbnail_url ? { thumbnailUrl: video.thumbnail_url } : {}),
    ...(cost === null ? {} : { costUsdMicros: cost }),
  };
}

/** Answers hold no price. The vendor bills the real length, which differs from our estimate. */
function costOfVideo(video: WireVideo, modelId: string): number | null {
  const model = models.find((candidate) => candidate.id === modelId);
  if (model === undefined || !video.duration || video.duration < 0) return null;
  return costOf(model.price, { resolution: "720p", audio: true, durationSeconds: video.duration });
}
