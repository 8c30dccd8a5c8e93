import { sha256 } from "../../domain/hash.js";
import { usdToMicros } from "../../domain/money.js";
import type { Mode, ModeName, ProviderModel } from "../../domain/provider/model.js";
import type { GenerationPlan, OperationStatus, StartContext } from "../../domain/provider/provider.js";
import { unknownStatus } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { toFailure } from "./failures.js";
import { models } from "./models.js";
import type { WireItem } from "./wire-types.js";

/** One task of a request body, ready to be sent. */
export type Task = Readonly<Record<string, unknown>> & { readonly taskType: string };

/**
 * How one model wants to be asked. The vendor refuses any field that a model does not declare
 * (`unsupportedParameter`), so every model has its own row.
 */
interface RequestShape {
  /** How the size is sent: in pixels (the default), as the name of a resolution, or not at all. */
  readonly size?: Partial<Record<ModeName, "resolution" | "none">>;
  /** Where the switch for sound is put; absent for a model that has none. */
  readonly audio?: "google" | "klingai" | "settings";
  /** `numberResults` is 1 by default; it is named where the vendor's own examples name it. */
  readonly namesCount?: true;
  /** File format to ask for; absent where the examples leave it to the model. */
  readonly format?: "MP4" | "JPG";
}

const veo: RequestShape = { audio: "google", namesCount: true, format: "MP4" };
// With a picture given, its shape decides: width and height are refused (docs of 2026-09-24).
const kling: RequestShape = { audio: "klingai", format: "MP4", size: { image: "none", frames: "none" } };

/** By the vendor's model name. */
export const requestShapes: Readonly<Record<string, RequestShape>> = {
  "google:3@2": veo,
  // Pictures or pixels, never both (docs of 2026-11-21).
  "google:3@3": { ...veo, size: { image: "resolution", frames: "resolution" } },
  "google:veo@3.1-lite": { ...veo, size: { frames: "resolution" } },
  "klingai:kling-video@3-standard": kling,
  "klingai:kling-video@3-pro": kling,
  "pixverse:1@3": { format: "MP4" },
  "pixverse:1@5": { format: "MP4" },
  "pixverse:1@8": { format: "MP4" },
  "bytedance:2@1": { format: "MP4" },
  "bytedance:seedance@2.0": {
    audio: "settings",
    format: "MP4",
    size: { image: "resolution", frames: "resolution" },
  },
  "openai:3@1": { format: "MP4" },
  // Derives its size from the picture; only 1@2 declares width and height as required.
  "runway:1@1": { format: "MP4", size: { image: "none" } },
  "runway:1@2": { format: "MP4" },
  "runware:101@1": { namesCount: true, format: "JPG" },
  "google:4@3": {},
};

/** The body of a start: always a list, here of one task. */
export function toBody(plan: GenerationPlan, context: StartContext): readonly [Task] {
  const { model, mode, shape } = capabilityOf(plan);
  const inputs = toInputs(plan);
  return [
    {
      taskType: model.medium === "video" ? "videoInference" : "imageInference",
      taskUUID: toTaskUuid(context.idempotencyKey),
      model: model.name,
      positivePrompt: plan.text,
      ...toSize(plan, shape),
      ...(model.medium === "video" ? { duration: plan.durationSeconds } : {}),
      // A start that waited for the picture could be cut off after it was billed.
      deliveryMethod: "async",
      outputType: "URL",
      ...(shape.format === undefined ? {} : { outputFormat: shape.format }),
      includeCost: true,
      ...(shape.namesCount ? { numberResults: 1 } : {}),
      ...(inputs === undefined ? {} : { inputs }),
      ...toAudio(plan, shape),
      ...(mode.negativePrompt && plan.negativePrompt ? { negativePrompt: plan.negativePrompt } : {}),
      ...(mode.seed && plan.seed !== undefined ? { seed: plan.seed } : {}),
      ...(context.callbackUrl === undefined ? {} : { webhookURL: context.callbackUrl }),
    },
  ];
}

/**
 * The vendor takes only UUIDs of version 4 and refuses one that it has seen. A UUID made from our
 * key is therefore the same for every repetition of a start, whichever instance sends it.
 */
export function toTaskUuid(idempotencyKey: string): string {
  const bytes = Buffer.from(sha256(idempotencyKey).slice(0, 32), "hex");
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function capabilityOf(plan: GenerationPlan): { model: ProviderModel; mode: Mode; shape: RequestShape } {
  const model: ProviderModel | undefined = models.find((row) => row.id === plan.model);
  const mode = model?.modes[plan.mode];
  const shape = model && requestShapes[model.name];
  if (model === undefined || mode === undefined || shape === undefined) {
    throw new Error(`${plan.model} does not serve ${plan.mode}`);
  }
  return { model, mode, shape };
}

function toSize(plan: GenerationPlan, shape: RequestShape): Record<string, unknown> {
  const way = shape.size?.[plan.mode] ?? "pixels";
  if (way === "none") return {};
  if (way === "resolution") return { resolution: plan.size.resolution };
  return { width: plan.size.width, height: plan.size.height };
}

function toInputs(plan: GenerationPlan): Record<string, unknown> | undefined {
  switch (plan.mode) {
    case "image":
      return { frameImages: [{ image: required(plan.image, "image"), frame: "first" }] };
    case "frames":
      return {
        frameImages: [
          { image: required(plan.firstFrame, "firstFrame"), frame: "first" },
          { image: required(plan.lastFrame, "lastFrame"), frame: "last" },
        ],
      };
    case "still":
      return plan.references?.length
        ? { referenceImages: plan.references.map((reference) => reference.url) }
        : undefined;
    default:
      return undefined;
  }
}

/** Always said, also for silence: several models make sound when nothing is said. */
function toAudio(plan: GenerationPlan, shape: RequestShape): Record<string, unknown> {
  switch (shape.audio) {
    case "google":
      return { providerSettings: { google: { generateAudio: plan.audio } } };
    case "klingai":
      return { providerSettings: { klingai: { sound: plan.audio } } };
    case "settings":
      return { settings: { audio: plan.audio } };
    default:
      return {};
  }
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`a plan of this mode needs ${name}`);
  return value;
}

/**
 * One entry of `data`, which is a report of a task or its end. `null` when the task has ended well and
 * the address of its file cannot be read: the next answer may name it.
 */
export function fromItem(item: WireItem, response: HttpResponse, now: number): OperationStatus | null {
  const cost = toCost(item.cost);
  const file = item.videoURL ?? item.imageURL;
  const outputUrl = typeof file === "string" && file !== "" ? file : undefined;
  const isInProgress = item.status === "success" || item.status === "processing";
  if (item.error !== undefined && !isInProgress && outputUrl === undefined) {
    return { status: "failed", failure: toFailure(item.error, response, now), ...cost };
  }
  // Sync results and webhooks carry the file without a status word.
  if (outputUrl !== undefined && (item.status === "success" || item.status === undefined)) {
    return { status: "succeeded", outputUrl, ...cost };
  }
  if (item.status === "success") {
    if (file != null && file !== "") return null;
    return { status: "failed", failure: { code: "unknown", detail: "success without a file" }, ...cost };
  }
  if (item.status === undefined || item.status === "processing") return { status: "pending" };
  return unknownStatus(item.status);
}

/** The vendor sometimes reports 0 for a paid task, so 0 counts as unknown. */
function toCost(usd: number | undefined): { costUsdMicros?: number } {
  return usd !== undefined && usd > 0 ? { costUsdMicros: usdToMicros(usd) } : {};
}
