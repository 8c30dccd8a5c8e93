import { z } from "zod";
import { RequestError } from "../errors.js";
import { canonicalJson, sha256 } from "../hash.js";
import { type ModeName, qualities } from "../provider/model.js";
import { ratios, resolutions } from "../provider/resolution.js";
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

/** Control characters but tabs and line breaks, and lone surrogates, which no other encoding can carry. */
const unfitCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\p{Cs}]/u;

/** A text that shows something. `name` is how messages call it. */
export function text(name: string, max: number) {
  return z
    .string()
    .max(max, `${name} must be at most ${max} characters`)
    .refine((value) => value.replace(invisibleCharacters, "").length > 0, `${name} must not be empty`)
    .refine(
      // Tabs and line breaks are ordinary text; other control characters only serve injection.
      (value) => !unfitCharacters.test(value),
      `${name} must not hold control characters or halves of characters`,
    );
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

/** Fields that every kind of request has. */
export const common = {
  style: text("style", requestLimits.style).optional(),
  strategy: z.enum(["default", "creative", "precise"]).default("default"),
  camera: camera.optional(),
  negativePrompt: text("negativePrompt", requestLimits.negativePrompt).optional(),
  aspectRatio: z.enum(ratios).default("16:9"),
  resolution: z.enum(resolutions).default("720p"),
  quality: z.enum(qualities).default("standard"),
  audio: z.boolean().default(false),
  output: output.default({ format: "mp4" }),
  maxCostUsd: z.number().positive().max(10_000).optional(),
  deadlineSeconds: z.number().int().min(30).max(86_400).optional(),
  priority: z.enum(["low", "normal", "high"]).default("normal"),
  providers: providerChoice.default({}),
  seed: z.number().int().min(0).max(4_294_967_295).optional(),
  contentDraftId: identifier.optional(),
  metadata: z
    .record(
      metadataKey,
      z
        .string()
        .max(requestLimits.metadataValue)
        .refine(
          (value) => !unfitCharacters.test(value),
          "must not hold control characters or halves of characters",
        ),
    )
    .refine((value) => Object.keys(value).length <= requestLimits.metadataEntries, {
      message: `metadata may hold ${requestLimits.metadataEntries} entries`,
    })
    .optional(),
  requestId: identifier.optional(),
};

export const durationSeconds = z.number().min(1).max(60);
const prompt = text("prompt", requestLimits.prompt);

/** For kinds that show something; a script is spoken as it is written. */
export const shown = {
  prompt,
  /** A CV, from which roles, places, achievements, tools and skills to show are taken. */
  cvScript: text("cvScript", requestLimits.cvScript).optional(),
  /** Names that the final prompt holds in exactly this spelling. */
  brandTerms: z
    .array(text("each term", requestLimits.brandTerm))
    .max(requestLimits.brandTerms, `may hold ${requestLimits.brandTerms} terms`)
    .optional(),
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
    script: text("script", requestLimits.script),
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

/** A request that one model can serve. */
export type ModelRequest = VideoRequest | StillRequest;

/** Parses input from a client; throws a `RequestError` that names the field and the remedy. */
export function parseRequest(input: unknown): VideoRequest {
  return parseInput(videoRequestSchema, input);
}

/** Parses any client input with one wording of the problems. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const told = result.error.issues.slice(0, mostProblems).map((issue) => ({
    path: cut(issue.path.join("."), 100),
    problem: cut(describeIssue(issue), 300),
  }));
  const message = cut(told.map(({ problem }) => problem).join("; "), 2_000);
  throw new RequestError("invalid_argument", message, { fields: told });
}

/** Of more mistakes than these nobody reads. */
const mostProblems = 20;

function cut(words: string, max: number): string {
  return words.length <= max ? words : `${words.slice(0, max - 1)}…`;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => (path === "" ? key : `${path}.${key}`)).join(", ");
    return `unknown field ${names}: remove it`;
  }
  // Of a name in a record only its own issues say what is wrong with it.
  const said = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const message = said.startsWith(`${path} `) ? said.slice(path.length + 1) : said;
  return path === "" ? message : `${path}: ${message}`;
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
