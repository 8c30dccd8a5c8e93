import type { UsdMicros } from "../../domain/money.js";
import type { GenerationPlan, OperationStatus } from "../../domain/provider/provider.js";
import { unknownStatus } from "../shared/answer.js";
import { toTaskFailure } from "./failures.js";
import { models, usdMicrosPerCredit } from "./models.js";
import type { WireTask } from "./wire-types.js";

export type Endpoint = "text_to_video" | "image_to_video" | "text_to_image" | "avatar_videos";

/** The presenter of avatar videos: the plan holds what is said, the settings say by whom. */
export interface Presenter {
  readonly avatarPreset: string;
  readonly voicePreset: string;
}

export interface CreateCall {
  readonly endpoint: Endpoint;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A plan in the vendor's words. Each model gets only the fields that its own type lists. */
export function toCreateCall(plan: GenerationPlan, presenter: Presenter): CreateCall {
  const name = nameOf(plan);
  switch (name) {
    case "gen4.5":
    case "gen4_turbo":
      return videoCall(plan, { ...timing(plan), ...seed(plan) }, name);
    case "veo3.1":
    case "veo3.1_fast":
      return videoCall(plan, { ...timing(plan), audio: plan.audio, ...negative(plan), ...seed(plan) }, name);
    case "seedance2":
      return videoCall(plan, { ...timing(plan), audio: plan.audio, ...seed(plan) }, name);
    case "gen4_image":
    case "gen4_image_turbo":
      return { endpoint: "text_to_image", body: toImageBody(plan, name) };
    case "gwm1_avatars":
      return { endpoint: "avatar_videos", body: toAvatarBody(plan, presenter, name) };
  }
}

function nameOf(plan: GenerationPlan) {
  const model = models.find((candidate) => candidate.id === plan.model);
  if (model === undefined || !(plan.mode in model.modes)) {
    throw new Error(`${plan.model} is not served here in mode ${plan.mode}`);
  }
  return model.name;
}

function videoCall(plan: GenerationPlan, settings: CreateCall["body"], model: string): CreateCall {
  const body = { model, ...promptText(plan), ...settings };
  if (plan.mode === "text") return { endpoint: "text_to_video", body };
  const promptImage =
    plan.mode === "image"
      ? required(plan.image)
      : [
          { uri: required(plan.firstFrame), position: "first" },
          { uri: required(plan.lastFrame), position: "last" },
        ];
  return { endpoint: "image_to_video", body: { ...body, promptImage } };
}

function toImageBody(plan: GenerationPlan, model: string): CreateCall["body"] {
  const references = (plan.references ?? []).map(({ url, tag }) => ({
    uri: url,
    ...(tag === undefined ? {} : { tag }),
  }));
  return {
    model,
    promptText: plan.text,
    ratio: ratio(plan),
    ...(references.length === 0 ? {} : { referenceImages: references }),
    ...seed(plan),
  };
}

function toAvatarBody(plan: GenerationPlan, presenter: Presenter, model: string): CreateCall["body"] {
  return {
    model,
    avatar: { type: "runway-preset", presetId: presenter.avatarPreset },
    speech: {
      type: "text",
      text: plan.text,
      voice: { type: "preset", presetId: presenter.voicePreset },
    },
  };
}

/** The vendor refuses an empty prompt, but accepts none at all where there is an image. */
function promptText(plan: GenerationPlan) {
  return plan.text === "" ? {} : { promptText: plan.text };
}

function timing(plan: GenerationPlan) {
  return { ratio: ratio(plan), duration: plan.durationSeconds };
}

function ratio(plan: GenerationPlan): string {
  return `${plan.size.width}:${plan.size.height}`;
}

function seed(plan: GenerationPlan) {
  return plan.seed === undefined ? {} : { seed: plan.seed };
}

function negative(plan: GenerationPlan) {
  return plan.negativePrompt === undefined ? {} : { negativePrompt: plan.negativePrompt };
}

function required(image: string | undefined): string {
  if (image === undefined) throw new Error("the plan lacks the image that its mode needs");
  return image;
}

/** The vendor's credits in millionths of a dollar; absent where an answer does not name them. */
export function toUsdMicros(cost: { credits?: number | undefined } | undefined): UsdMicros | undefined {
  const credits = cost?.credits;
  if (credits === undefined) return undefined;
  return Math.round(credits * usdMicrosPerCredit);
}

/** `null` when the task has ended well and its file cannot be read: the next answer may name it. */
export function fromTask(task: WireTask): OperationStatus | null {
  const usdMicros = toUsdMicros(task.cost);
  const cost = usdMicros === undefined ? {} : { costUsdMicros: usdMicros };
  switch (task.status) {
    case "PENDING":
    // THROTTLED is no error: the task is accepted and waits for one of the account's slots.
    case "THROTTLED":
    case "RUNNING":
      return { status: "pending" };
    case "SUCCEEDED": {
      if (task.output === undefined) return null;
      const [outputUrl] = task.output;
      if (outputUrl === undefined) {
        return { status: "failed", failure: { code: "bad_output", providerCode: "NO_OUTPUT" }, ...cost };
      }
      return { status: "succeeded", outputUrl, ...cost };
    }
    case "FAILED":
      return { status: "failed", failure: toTaskFailure(task), ...cost };
    case "CANCELLED":
      return { status: "cancelled", ...cost };
    // Only a status that is known to be final ends a job.
    default:
      return unknownStatus(task.status);
  }
}
