import type { Mode, ProviderModel } from "../../domain/provider/model.js";
import type { GenerationPlan, StartContext } from "../../domain/provider/provider.js";
import { models } from "./models.js";
import { type RequestShape, requestShapes } from "./request-shapes.js";
import { toTaskUuid } from "./task-uuid.js";

/** One task of a request body, ready to be sent. */
export type Task = Readonly<Record<string, unknown>> & { readonly taskType: string };

/** The body of a start: always a list, here of one task. */
export function toBody(plan: GenerationPlan, context: StartContext): readonly [Task] {
  const { model, mode, shape } = capabilityOf(plan);
  const inputs = toInputs(plan);
  const settings = toAudio(plan, shape);
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
      ...settings,
      ...(mode.negativePrompt && plan.negativePrompt ? { negativePrompt: plan.negativePrompt } : {}),
      ...(mode.seed && plan.seed !== undefined ? { seed: plan.seed } : {}),
      ...(context.callbackUrl === undefined ? {} : { webhookURL: context.callbackUrl }),
    },
  ];
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

/** Said in both directions: where it is left out, several models make sound by default. */
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
