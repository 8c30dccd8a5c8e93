import { costOf } from "../../domain/provider/model.js";
import type { GenerationPlan, OperationStatus, StartContext } from "../../domain/provider/provider.js";
import { unknownStatus } from "../shared/answer.js";
import { toVideoFailure } from "./failure.js";
import { models } from "./models.js";
import type { WireVideo } from "./wire-types.js";

/** Who speaks: the vendor's ids, chosen by `presenter.ts`. */
export type Speaker =
  | { readonly type: "avatar"; readonly avatarId: string; readonly voiceId: string | undefined }
  | { readonly type: "photo"; readonly voiceId: string };

/** The engine of a catalogue row, in the vendor's word. */
export function engineOf(modelId: string): string {
  return models.find((model) => model.id === modelId)?.name ?? modelId.replace(/^[^:]*:/, "");
}

/** Body of POST /v3/videos. */
export function toBody(plan: GenerationPlan, context: StartContext, speaker: Speaker) {
  const common = {
    script: plan.text,
    aspect_ratio: plan.size.ratio,
    resolution: plan.size.resolution,
    // The only field of ours that the vendor's dashboard shows: it ties a bill to a job.
    title: context.idempotencyKey,
    callback_id: context.idempotencyKey,
    ...(context.callbackUrl === undefined ? {} : { callback_url: context.callbackUrl }),
    ...(speaker.voiceId === undefined ? {} : { voice_id: speaker.voiceId }),
  };
  if (speaker.type === "photo") {
    return { type: "image", image: { type: "url", url: imageOf(plan) }, ...common };
  }
  return {
    type: "avatar",
    avatar_id: speaker.avatarId,
    // Named even when it is the vendor's default: another default would be another price.
    engine: { type: engineOf(plan.model) },
    ...common,
  };
}

function imageOf(plan: GenerationPlan): string {
  if (plan.image === undefined) throw new Error("a photo plan has an image");
  return plan.image;
}

/** GET /v3/videos/{video_id}. The vendor tells no percentage. */
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

/** No answer holds money, but the bill follows the real length, which differs from the estimate. */
function costOfVideo(video: WireVideo, modelId: string): number | null {
  const model = models.find((candidate) => candidate.id === modelId);
  if (model === undefined || !video.duration || video.duration < 0) return null;
  return costOf(model.price, { resolution: "720p", audio: true, durationSeconds: video.duration });
}
