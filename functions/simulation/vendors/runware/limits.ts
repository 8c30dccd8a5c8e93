import { z } from "zod";
import type { Durations, Mode, ProviderModel } from "../../../src/domain/provider/model.js";
import type { Size } from "../../../src/domain/provider/resolution.js";
import { models } from "../../../src/providers/runware/models.js";

/** A task that the vendor turned away, in the vendor's words. */
export interface Refusal {
  readonly status: number;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly parameter?: string;
    readonly taskType?: string;
    readonly taskUUID?: string;
    readonly allowedValues?: readonly (string | number)[];
    readonly documentation?: string;
  };
}

export function refusal(
  status: number,
  code: string,
  message: string,
  rest: Partial<Refusal["error"]> = {},
): Refusal {
  return { status, error: { code, message, ...rest } };
}

/** The first problem of a task in the vendor's naming: `unsupported…`, `missing…`, `invalid…`. */
export function toRefusal(issue: z.core.$ZodIssue | undefined, task: object): Refusal {
  if (issue?.code === "unrecognized_keys") {
    const parameter = [...issue.path, issue.keys[0]].join(".");
    return refusal(400, "unsupportedParameter", `Parameter '${parameter}' is not supported.`, { parameter });
  }
  const path = issue?.path ?? [];
  const parameter = path.join(".");
  const name = String(path.find((part) => typeof part === "string") ?? "Request");
  const kind = valueAt(task, path) === undefined ? "missing" : "invalid";
  return refusal(400, `${kind}${name.charAt(0).toUpperCase()}${name.slice(1)}`, `Check '${parameter}'.`, {
    parameter,
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (at !== null && typeof at === "object" ? Reflect.get(at, part) : undefined),
    value,
  );
}

/** The fields of a start that decide its price and its file. */
export const taskShapeSchema = z.object({
  width: z.number().optional(),
  height: z.number().optional(),
  resolution: z.string().optional(),
  duration: z.number().optional(),
  inputs: z.object({ frameImages: z.array(z.object({ image: z.string() })).optional() }).optional(),
});
export type TaskShape = z.infer<typeof taskShapeSchema>;

export function modelByName(name: string): ProviderModel | undefined {
  return models.find((row) => row.name === name);
}

/** Size and length against the vendor's tables; all modes of a model share one list of lengths. */
export function checkLimits(model: ProviderModel, task: TaskShape, now: number): Refusal | undefined {
  if (model.availableUntil !== undefined && now >= Date.parse(model.availableUntil) + 86_400_000) {
    return refusal(400, "modelDisabled", "This model is no longer available.", { parameter: "model" });
  }
  const sizes = sizesOf(model);
  if (
    task.width !== undefined &&
    !sizes.some((size) => size.width === task.width && size.height === task.height)
  ) {
    return refusal(
      400,
      "unsupportedModelResolution",
      "Unsupported width/height combination for this model.",
      {
        parameter: "width",
        allowedValues: sizes.map((size) => `${size.width}x${size.height}`),
      },
    );
  }
  const durations = Object.values(model.modes)[0]?.durations;
  if (task.duration === undefined || durations === undefined) return undefined;
  const allowed = secondsOf(durations);
  if (allowed.includes(task.duration)) return undefined;
  return refusal(400, "unsupportedDuration", "Unsupported duration for this model.", {
    parameter: "duration",
    allowedValues: allowed,
  });
}

/**
 * The pixels that come out. Without a size of its own a task follows its picture, which is never
 * fetched here: its shape is believed to be what its address says (`…-1080x1920.png`), else 16:9.
 */
export function outputSize(model: ProviderModel, task: TaskShape): Size {
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

function sizesOf(model: ProviderModel): readonly Size[] {
  return Object.values(model.modes).flatMap((mode: Mode) => mode.sizes);
}

function secondsOf(durations: Durations): readonly number[] {
  if (durations.type === "discrete") return durations.seconds;
  if (durations.type !== "range") return [];
  const count = Math.floor((durations.maxSeconds - durations.minSeconds) / durations.stepSeconds) + 1;
  return Array.from({ length: count }, (_, index) => durations.minSeconds + index * durations.stepSeconds);
}
