import { z } from "zod";
import type { Durations, Mode, ProviderModel } from "../../../src/domain/provider/model.js";
import type { Size } from "../../../src/domain/provider/resolution.js";
import { models } from "../../../src/providers/runware/models.js";

/**
 * What each model accepts, written down a second time on purpose: the request mapping is not
 * used here, so that the two can disagree.
 */
const url = z.url();
const prompt = (max: number) => z.string().min(2).max(max);

const common = {
  taskUUID: z.uuidv4(),
  model: z.string(),
  outputType: z.literal("URL").optional(),
  outputQuality: z.number().int().min(20).max(99).optional(),
  numberResults: z.literal(1).optional(),
  includeCost: z.boolean().optional(),
  webhookURL: url.optional(),
  uploadEndpoint: url.optional(),
  ttl: z.number().int().min(60).optional(),
};
const video = {
  ...common,
  taskType: z.literal("videoInference"),
  deliveryMethod: z.literal("async"),
  outputFormat: z.enum(["MP4", "WEBM", "MOV"]).optional(),
  duration: z.number(),
};
const image = {
  ...common,
  taskType: z.literal("imageInference"),
  deliveryMethod: z.enum(["sync", "async"]).optional(),
  outputFormat: z.enum(["JPG", "PNG", "WEBP"]).optional(),
  positivePrompt: prompt(3_000),
};
const pixels = { width: z.number().int().positive(), height: z.number().int().positive() };
const word = { resolution: z.enum(["480p", "720p", "1080p"]) };

const firstFrame = z.strictObject({ image: url, frame: z.literal("first") });
const lastFrame = z.strictObject({ image: url, frame: z.literal("last") });
const oneFrame = { inputs: z.strictObject({ frameImages: z.tuple([firstFrame]) }) };
const twoFrames = { inputs: z.strictObject({ frameImages: z.tuple([firstFrame, lastFrame]) }) };
const anyFrames = {
  inputs: z.strictObject({
    frameImages: z.union([z.tuple([firstFrame]), z.tuple([firstFrame, lastFrame])]),
  }),
};

const google = {
  providerSettings: z
    .strictObject({
      google: z.strictObject({
        generateAudio: z.boolean().optional(),
        enhancePrompt: z.boolean().optional(),
        resizeMode: z.string().optional(),
      }),
    })
    .optional(),
};
const klingai = {
  providerSettings: z.strictObject({ klingai: z.strictObject({ sound: z.boolean().optional() }) }).optional(),
};
const audioSetting = { settings: z.strictObject({ audio: z.boolean().optional() }).optional() };
const pixverse = {
  positivePrompt: prompt(2_048),
  negativePrompt: prompt(2_048).optional(),
  fps: z.union([z.literal(16), z.literal(24)]).optional(),
};

/** Schemas of one model by the number of frames that come with the request. */
interface Accepts {
  readonly none?: z.ZodType;
  readonly one?: z.ZodType;
  readonly two?: z.ZodType;
}

const veo: Accepts = {
  none: z.strictObject({ ...video, ...pixels, ...google, positivePrompt: prompt(3_000) }),
  one: z.strictObject({ ...video, ...pixels, ...google, ...oneFrame, positivePrompt: prompt(3_000) }),
  two: z.strictObject({ ...video, ...pixels, ...google, ...twoFrames, positivePrompt: prompt(3_000) }),
};
const kling: Accepts = {
  none: z.strictObject({ ...video, ...pixels, ...klingai, positivePrompt: prompt(2_048) }),
  one: z.strictObject({ ...video, ...klingai, ...oneFrame, positivePrompt: prompt(2_048) }),
  two: z.strictObject({ ...video, ...klingai, ...twoFrames, positivePrompt: prompt(2_048) }),
};
const pixverseWithFrames: Accepts = {
  none: z.strictObject({ ...video, ...pixels, ...pixverse }),
  one: z.strictObject({ ...video, ...pixels, ...pixverse, ...oneFrame }),
  two: z.strictObject({ ...video, ...pixels, ...pixverse, ...twoFrames }),
};

const accepted: Readonly<Record<string, Accepts>> = {
  "google:3@2": veo,
  "google:3@3": {
    ...veo,
    one: z.strictObject({ ...video, ...word, ...google, ...oneFrame, positivePrompt: prompt(3_000) }),
    two: z.strictObject({ ...video, ...word, ...google, ...twoFrames, positivePrompt: prompt(3_000) }),
  },
  "google:veo@3.1-lite": {
    ...veo,
    two: z.strictObject({ ...video, ...word, ...google, ...twoFrames, positivePrompt: prompt(3_000) }),
  },
  "klingai:kling-video@3-standard": kling,
  "klingai:kling-video@3-pro": kling,
  "pixverse:1@3": pixverseWithFrames,
  "pixverse:1@5": pixverseWithFrames,
  "pixverse:1@8": { none: z.strictObject({ ...video, ...pixels, ...pixverse }) },
  "bytedance:2@1": {
    none: z.strictObject({ ...video, ...pixels, positivePrompt: prompt(3_000) }),
    one: z.strictObject({ ...video, ...pixels, ...oneFrame, positivePrompt: prompt(3_000) }),
    two: z.strictObject({ ...video, ...pixels, ...twoFrames, positivePrompt: prompt(3_000) }),
  },
  "bytedance:seedance@2.0": {
    none: z.strictObject({ ...video, ...pixels, ...audioSetting, positivePrompt: prompt(10_000) }),
    one: z.strictObject({ ...video, ...word, ...audioSetting, ...anyFrames, positivePrompt: prompt(10_000) }),
    two: z.strictObject({ ...video, ...word, ...audioSetting, ...anyFrames, positivePrompt: prompt(10_000) }),
  },
  "openai:3@1": {
    none: z.strictObject({ ...video, ...pixels, positivePrompt: prompt(2_048) }),
    one: z.strictObject({ ...video, ...pixels, ...oneFrame, positivePrompt: prompt(2_048) }),
  },
  "runway:1@1": { one: z.strictObject({ ...video, ...oneFrame, positivePrompt: prompt(1_000) }) },
  "runway:1@2": {
    none: z.strictObject({ ...video, ...pixels, positivePrompt: prompt(1_000) }),
    one: z.strictObject({ ...video, ...pixels, ...oneFrame, positivePrompt: prompt(1_000) }),
  },
  "runware:101@1": {
    none: z.strictObject({
      ...image,
      ...pixels,
      seed: z.number().int().min(0).optional(),
      steps: z.number().int().min(1).max(100).optional(),
      CFGScale: z.number().optional(),
    }),
  },
  "google:4@3": {
    none: z.strictObject({
      ...image,
      ...pixels,
      inputs: z.strictObject({ referenceImages: z.array(url).max(14) }).optional(),
    }),
  },
};

const frameCount = z.object({ inputs: z.object({ frameImages: z.array(z.unknown()) }) });

/** The schema that a request for this model must meet; `undefined` for a model or use unknown. */
export function schemaFor(model: string, task: unknown): z.ZodType | undefined {
  const counted = frameCount.safeParse(task);
  const frames = counted.success ? counted.data.inputs.frameImages.length : 0;
  const row = accepted[model];
  if (frames === 0) return row?.none;
  return frames === 1 ? row?.one : row?.two;
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

export function sizesOf(model: ProviderModel): readonly Size[] {
  return Object.values(model.modes).flatMap((mode: Mode) => mode.sizes);
}

function secondsOf(durations: Durations): readonly number[] {
  if (durations.type === "discrete") return durations.seconds;
  if (durations.type !== "range") return [];
  const count = Math.floor((durations.maxSeconds - durations.minSeconds) / durations.stepSeconds) + 1;
  return Array.from({ length: count }, (_, index) => durations.minSeconds + index * durations.stepSeconds);
}

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
