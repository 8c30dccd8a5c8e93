import { z } from "zod";
import { canonicalJson, sha256 } from "../hash.js";
import { type ModeName, qualities } from "../provider/model.js";
import { type Pixels, pixelsOf, ratios, resolutions } from "../provider/resolution.js";
import { parseInput } from "./parse-input.js";
import { isObject, own, presetNames, withPreset } from "./presets.js";
import { urlProblem } from "./public-url.js";

/** Length limits of a request, in UTF-16 units as JavaScript counts them. */
export const requestLimits = {
  prompt: 4_000,
  script: 5_000,
  negativePrompt: 1_000,
  style: 200,
  cvScript: 5_000,
  brandTerms: 10,
  brandTerm: 50,
  requestId: 128,
  metadataEntries: 20,
  metadataValue: 500,
} as const;

const invisibleCharacters = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}]/gu;

/** A text that shows something. */
export function text(max: number) {
  return z
    .string()
    .max(max)
    .refine((value) => value.replace(invisibleCharacters, "").length > 0, "must not be empty");
}

/** A text that must be a URL which may be fetched or handed to a vendor. */
export function asPublicUrl(url: z.ZodString) {
  return url.superRefine((value, context) => {
    const problem = urlProblem(value);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  });
}

export const publicUrl = asPublicUrl(z.string());

const identifier = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]+$/, "may hold letters, digits and _ . : -")
  .max(requestLimits.requestId);

/** Firestore keeps names of the form `__name__` for itself and refuses to write them. */
const metadataKey = identifier.refine((name) => !/^__.*__$/.test(name), "must not be framed by __");

export const camera = z.strictObject({
  move: z.enum(["static", "pan", "zoom", "tilt"]),
  intensity: z.number().min(0).max(1).default(0.5),
});

const output = z.strictObject({
  format: z.enum(["mp4", "gif"]).default("mp4"),
  codec: z.enum(["h264", "h265"]).optional(),
  bitrateKbps: z.number().int().min(100).max(100_000).optional(),
});

const providerChoice = z.strictObject({
  only: z.array(z.string().max(100)).min(1).max(50).optional(),
  exclude: z.array(z.string().max(100)).max(50).optional(),
  prefer: z.array(z.string().max(100)).max(50).optional(),
});

/** What the catalogue may have to change about a request, by the names that adjustments have. */
export const exactFields = [
  "aspectRatio",
  "resolution",
  "durationSeconds",
  "audio",
  "seed",
  "negativePrompt",
  "prompt",
  "output",
] as const;
export type ExactField = (typeof exactFields)[number];

/** The fields that must be as they were asked for: all, or those that are named. */
const exact = z.union([z.boolean(), z.array(z.enum(exactFields)).max(50)], {
  error: ({ input }) => {
    const known: readonly unknown[] = exactFields;
    const unknown = Array.isArray(input) ? input.filter((name) => !known.includes(name)) : [];
    const problem = unknown.length === 0 ? "must be true or a list" : `unknown ${inShort(unknown)}`;
    return `${problem}; fields that can be exact are ${exactFields.join(", ")}`;
  },
});

function inShort(values: readonly unknown[]): string {
  return values
    .slice(0, 5)
    .map((value) => (typeof value === "string" ? value.slice(0, 40) : typeof value))
    .join(", ");
}

/** Fields that every kind of request has. */
export const common = {
  /** Kept as it was named; what it stands for is in the other fields. */
  preset: z.enum(presetNames).optional(),
  style: text(requestLimits.style).optional(),
  strategy: z.enum(["default", "creative", "precise"]).default("default"),
  camera: camera.optional(),
  negativePrompt: text(requestLimits.negativePrompt).optional(),
  aspectRatio: z.enum(ratios).default("16:9"),
  resolution: z.enum(resolutions).default("720p"),
  exact: exact.optional(),
  quality: z.enum(qualities).default("standard"),
  audio: z.boolean().default(false),
  output: output.default({ format: "mp4" }),
  maxCostUsd: z.number().positive().max(10_000).optional(),
  deadlineSeconds: z.number().int().min(30).max(86_400).optional(),
  priority: z.enum(["low", "normal", "high"]).default("normal"),
  providers: providerChoice.default({}),
  seed: z.number().int().min(0).max(4_294_967_295).optional(),
  contentDraftId: identifier.optional(),
  /** A template of the policy that is sold at a price of its own. */
  priceKey: identifier.optional(),
  metadata: z
    .record(metadataKey, z.string().max(requestLimits.metadataValue))
    .refine((value) => Object.keys(value).length <= requestLimits.metadataEntries, {
      message: `may hold at most ${requestLimits.metadataEntries} entries`,
    })
    .optional(),
  requestId: identifier.optional(),
};

export const durationSeconds = z.number().min(1).max(60);
const prompt = text(requestLimits.prompt);

/** For kinds that show something; a script is spoken as it is written. */
export const shown = {
  prompt,
  /** A CV, from which roles, places, achievements, tools and skills to show are taken. */
  cvScript: text(requestLimits.cvScript).optional(),
  /** Names that the final prompt holds in exactly this spelling. */
  brandTerms: z.array(text(requestLimits.brandTerm)).max(requestLimits.brandTerms).optional(),
};

export const framesRequestSchema = z.strictObject({
  kind: z.literal("frames"),
  ...shown,
  firstFrame: publicUrl,
  lastFrame: publicUrl,
  durationSeconds: durationSeconds.default(8),
  ...common,
});

/** What a caller may ask for, in no vendor's words. Strict: unknown fields are refused. */
export const videoRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("text"),
    ...shown,
    durationSeconds: durationSeconds.default(5),
    ...common,
  }),
  z.strictObject({
    kind: z.literal("image"),
    ...shown,
    image: publicUrl,
    durationSeconds: durationSeconds.default(5),
    ...common,
  }),
  framesRequestSchema,
  z.strictObject({
    kind: z.literal("avatar"),
    script: text(requestLimits.script),
    /** A portrait to speak the script; without one the provider's stock presenter does. */
    image: publicUrl.optional(),
    prompt: prompt.optional(),
    durationSeconds: durationSeconds.optional(),
    ...common,
  }),
]);

export type VideoRequest = z.infer<typeof videoRequestSchema>;

/** A picture that a scene begins with. A step of other jobs; no client asks for one by itself. */
export const stillRequestSchema = z.strictObject({
  kind: z.literal("still"),
  ...shown,
  references: z
    .array(z.strictObject({ url: publicUrl, tag: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{2,15}$/) }))
    .max(3)
    .optional(),
  /** Nobody opens the picture without a link; absent: whoever knows its address. */
  imageAccess: z.literal("private").optional(),
  ...common,
});

export type StillRequest = z.infer<typeof stillRequestSchema>;

/** A request that one model can serve. A scene has named the pixels that its ratio and resolution stand for. */
export type ModelRequest = (VideoRequest | StillRequest) & { readonly pixels?: Pixels };

/** The fields of a request that no model may change. */
export function exactFieldsOf({ exact: asked }: Pick<ModelRequest, "exact">): readonly ExactField[] {
  if (asked === true) return exactFields;
  return asked === undefined || asked === false ? [] : asked;
}

/** The pixels that a request stands for. */
export function requestedPixels({ pixels, aspectRatio, resolution }: ModelRequest): Pixels {
  return pixels ?? pixelsOf(aspectRatio, resolution);
}

/** Parses input from a client; throws a `RequestError` that names the field and the remedy. */
export function parseRequest(input: unknown): VideoRequest {
  return parseInput(videoRequestSchema, isObject(input) ? withPreset(input, own(input, "kind")) : input);
}

/** The catalogue mode that serves a request. */
export function modeOf(request: ModelRequest): ModeName {
  if (request.kind === "avatar") return request.image === undefined ? "avatar" : "photo";
  return request.kind;
}

/** Equal for equal requests, whatever the order of their fields; tells a reused requestId apart. */
export function requestHash(request: object): string {
  return sha256(canonicalJson(request));
}

/** Seconds that a script takes to speak at normal speed: about 15 characters a second (2026-11). */
export function spokenSeconds(script: string): number {
  return Math.max(1, Math.ceil([...script].length / 15));
}

/** The length that a request stands for before a model is chosen. */
export function requestedSeconds(request: ModelRequest): number {
  if (request.kind === "still") return 0;
  return request.kind === "avatar" ? spokenSeconds(request.script) : request.durationSeconds;
}

/** One change that the catalogue forces on a request; every one is told to the caller. */
export interface Adjustment {
  readonly field: string;
  readonly asked: string;
  readonly given: string;
  readonly reason: string;
}
