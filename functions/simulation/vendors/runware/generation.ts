import { z } from "zod";
import { microsToUsd } from "../../../src/domain/money.js";
import { costOf, type ProviderModel } from "../../../src/domain/provider/model.js";
import type { Size } from "../../../src/domain/provider/resolution.js";
import { type GenerationFault, generationMs, type SimulatorWorld } from "../shared/simulator.js";
import { modelByName, sizesOf, type TaskShape, taskShapeSchema } from "./bodies.js";

/** The few fields of an accepted task that its later life depends on. */
const acceptedSchema = taskShapeSchema.extend({
  taskType: z.string(),
  taskUUID: z.string(),
  model: z.string(),
  deliveryMethod: z.string().optional(),
  includeCost: z.boolean().optional(),
  webhookURL: z.string().optional(),
  providerSettings: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
});
type AcceptedTask = z.infer<typeof acceptedSchema>;

/** One accepted start and everything about its end, decided when it began. */
export interface Generation {
  readonly taskUUID: string;
  readonly taskType: string;
  readonly request: unknown;
  readonly startedAt: number;
  readonly endsAt: number;
  readonly webhookURL: string | undefined;
  /** What it is billed with: nothing for one that fails. */
  readonly usdMicros: number;
  /** What is answered once it has ended: an entry of `data`, or one of `errors`. */
  readonly outcome: { readonly list: "data" | "errors"; readonly entry: Readonly<Record<string, unknown>> };
}

export function beginGeneration(
  request: unknown,
  world: SimulatorWorld,
  generationFault: GenerationFault | undefined,
  newUuid: () => string,
): Generation {
  const task = acceptedSchema.parse(request);
  const model = modelByName(task.model);
  if (model === undefined) throw new Error(`no model ${task.model}`);
  const startedAt = world.now();
  const failure = failureOf(task, generationFault);
  const durationMs = isSync(task) ? 0 : generationMs(model.typicalSeconds.p50, world, generationFault);
  return {
    taskUUID: task.taskUUID,
    taskType: task.taskType,
    request,
    startedAt,
    endsAt: startedAt + durationMs,
    webhookURL: task.webhookURL,
    usdMicros: failure === undefined ? usdMicrosOf(task, model) : 0,
    outcome: failure ?? {
      list: "data",
      entry: resultOf(task, model, world, generationFault, newUuid),
    },
  };
}

/** Pictures may be waited for in the request itself; videos may not. */
function isSync(task: AcceptedTask): boolean {
  return task.taskType === "imageInference" && task.deliveryMethod !== "async";
}

/** One failure in each of the two places where the vendor reports them. */
function failureOf(
  task: AcceptedTask,
  generationFault: GenerationFault | undefined,
): Generation["outcome"] | undefined {
  const base = { taskType: task.taskType, taskUUID: task.taskUUID };
  if (generationFault?.type === "fail") {
    return { list: "errors", entry: { ...base, code: "inferenceError", message: "Inference failed." } };
  }
  if (generationFault?.type !== "moderated") return undefined;
  const error = {
    code: "providerContentPolicyViolation",
    message: "Rejected by the provider's safety system.",
  };
  return { list: "data", entry: { ...base, status: "error", error } };
}

function resultOf(
  task: AcceptedTask,
  model: ProviderModel,
  world: SimulatorWorld,
  generationFault: GenerationFault | undefined,
  newUuid: () => string,
): Record<string, unknown> {
  const size = outputSize(model, task);
  const durationSeconds = task.duration ?? 0;
  const audio = hasSound(task, model);
  const file = world.fileUrl({
    vendor: "runware",
    model: task.model,
    id: task.taskUUID,
    medium: model.medium,
    width: size.width,
    height: size.height,
    durationSeconds,
    audio,
    ...(generationFault?.type === "bad-output" ? { defect: generationFault.defect } : {}),
  });
  return {
    taskType: task.taskType,
    taskUUID: task.taskUUID,
    ...(isSync(task) ? {} : { status: "success" }),
    ...(model.medium === "video"
      ? { videoUUID: newUuid(), videoURL: file }
      : { imageUUID: newUuid(), imageURL: file }),
    ...(task.includeCost ? { cost: microsToUsd(usdMicrosOf(task, model)) } : {}),
  };
}

/** Where no price is known the simulator reports 0, as the vendor sometimes does. */
function usdMicrosOf(task: AcceptedTask, model: ProviderModel): number {
  const { resolution } = outputSize(model, task);
  const audio = hasSound(task, model);
  return costOf(model.price, { resolution, audio, durationSeconds: task.duration ?? 0 }) ?? 0;
}

/**
 * The pixels that come out. Without a size of its own a task follows its picture, which is never
 * fetched here: its shape is read from its address (`…-1080x1920.png`), else 16:9.
 */
function outputSize(model: ProviderModel, task: TaskShape): Size {
  const sizes = sizesOf(model);
  const exact = sizes.find((size) => size.width === task.width && size.height === task.height);
  if (exact !== undefined) return exact;
  const ratio = pictureRatio(task) ?? 16 / 9;
  const [nearest] = sizes
    .filter((size) => task.resolution === undefined || size.resolution === task.resolution)
    .sort((a, b) => distance(a, ratio) - distance(b, ratio));
  if (nearest === undefined) throw new Error(`${model.id} has no size`);
  return nearest;
}

function distance(size: Size, ratio: number): number {
  return Math.abs(Math.log(size.width / size.height / ratio));
}

function pictureRatio(task: TaskShape): number | undefined {
  const url = task.inputs?.frameImages?.[0]?.image ?? "";
  const [, width, height] = /(\d{2,5})x(\d{2,5})/.exec(url) ?? [];
  return width === undefined || height === undefined ? undefined : Number(width) / Number(height);
}

function hasSound(task: AcceptedTask, model: ProviderModel): boolean {
  const audio = Object.values(model.modes)[0]?.audio;
  if (audio !== "optional") return audio === "always";
  const switches = [
    task.providerSettings?.google?.generateAudio,
    task.providerSettings?.klingai?.sound,
    task.settings?.audio,
  ];
  return switches.some((value) => value === true);
}

/** A task shows nothing at all for its first tenth, then a progress, then its end. */
export function reportOf(generation: Generation, now: number): Generation["outcome"] | undefined {
  if (now >= generation.endsAt) return generation.outcome;
  const elapsed = now - generation.startedAt;
  const total = generation.endsAt - generation.startedAt;
  const fraction = Number.isFinite(total) ? elapsed / total : Math.min(0.97, elapsed / 600_000);
  if (fraction < 0.1) return undefined;
  const { taskType, taskUUID } = generation;
  return {
    list: "data",
    entry: { taskType, taskUUID, status: "processing", progress: Math.floor(fraction * 100) },
  };
}
