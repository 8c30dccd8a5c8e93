import { z } from "zod";
import { canonicalJson, sha256 } from "../hash.js";
import { ratios } from "../provider/resolution.js";
import { parseInput } from "../request/parse-input.js";
import { withPreset } from "../request/presets.js";
import { asPublicUrl, durationSeconds, framesRequestSchema, type VideoRequest } from "../request/request.js";
import {
  type JobRequest,
  type SceneRequest,
  sceneInputSchema,
  toScene,
  withScenePreset,
} from "../request/scene.js";
import { type Batch, maxBatchItems } from "./batch.js";

/** What is asked for together, each by itself as it will be kept with its job. */
export interface BatchOrder extends Pick<Batch, "type" | "projectId"> {
  readonly requestId: string | undefined;
  readonly requests: ReadonlyMap<string, JobRequest>;
}

/** Equal for equal orders; tells a reused requestId apart. */
export function orderHash({ type, projectId, requests }: BatchOrder): string {
  return sha256(canonicalJson({ type, projectId, requests: Object.fromEntries(requests) }));
}

/** Where the caller named an item, in the words of the input. */
export function itemPath(type: Batch["type"], key: string): string {
  return `${type === "clips" ? "frames" : "scenes"}.${key}`;
}

/** Also a name of a document field: Firestore keeps names of the form `__name__` for itself. */
export const itemKey = z
  .string()
  .regex(
    /^(?!__.*__$)[A-Za-z0-9_-]{1,40}$/,
    "a name has 1 to 40 letters, digits, _ or -, and no __ around it",
  );

/** What a batch is made of, by key. */
export function itemsOf<Item extends z.ZodType>(item: Item, words: { one: string; many: string }) {
  return z
    .record(itemKey, item)
    .refine((items) => Object.keys(items).length > 0, `needs at least one ${words.one}`)
    .refine((items) => Object.keys(items).length <= maxBatchItems, `may hold ${maxBatchItems} ${words.many}`);
}

/** The caller's own word for what a batch belongs to. */
export const projectId = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,128}$/, "may hold 128 letters, digits and _ . : -")
  .optional();

const picture = asPublicUrl(
  z.string({
    error: ({ input }) => (input === undefined ? "is missing: give the https URL of a picture" : undefined),
  }),
);

/** What a caller may ask for: pairs of pictures by key, and options that all clips share. */
const clipsSchema = framesRequestSchema
  .omit({ kind: true, prompt: true, firstFrame: true, lastFrame: true })
  .extend({
    frames: itemsOf(
      z.strictObject({
        first: picture,
        last: picture,
        /** Of this clip, where it is to be another than that of all. */
        durationSeconds: durationSeconds.optional(),
      }),
      { one: "pair", many: "pairs" },
    ),
    /** Clips are mostly looked at on telephones. */
    aspectRatio: z.enum(ratios).default("9:16"),
    /** Of every clip that has none of its own. */
    prompt: framesRequestSchema.shape.prompt.optional(),
    prompts: z.record(itemKey, framesRequestSchema.shape.prompt).default({}),
    projectId,
  })
  .superRefine(({ frames: pairs, prompt, prompts }, context) => {
    const without =
      prompt === undefined ? Object.keys(pairs).filter((name) => !Object.hasOwn(prompts, name)) : [];
    for (const name of without) {
      context.addIssue({
        code: "custom",
        path: ["prompts", name],
        message: "is missing: give a prompt for this clip, or one for all as `prompt`",
      });
    }
    for (const name of Object.keys(prompts).filter((one) => !Object.hasOwn(pairs, one))) {
      context.addIssue({
        code: "custom",
        path: ["prompts", name],
        message: "there are no frames with this name: add them, or remove the prompt",
      });
    }
  });

/** Parses input from a client; throws a `RequestError` that names the clip, the field and the remedy. */
export function parseClips(input: unknown): BatchOrder {
  const parsed = parseInput(clipsSchema, withPreset(input, "frames"));
  const { frames: pairs, prompt, prompts, requestId, projectId: project, ...options } = parsed;
  const requests = Object.entries(pairs).map(([name, pair]): [string, VideoRequest] => {
    const own = Object.hasOwn(prompts, name) ? prompts[name] : undefined;
    return [
      name,
      {
        ...options,
        kind: "frames",
        prompt: own ?? prompt ?? "",
        firstFrame: pair.first,
        lastFrame: pair.last,
        durationSeconds: pair.durationSeconds ?? options.durationSeconds,
      },
    ];
  });
  return { type: "clips", requestId, projectId: project ?? null, requests: new Map(requests) };
}

/** Scenes by key; the scenario and all options are those of every scene. */
const sceneBatchSchema = sceneInputSchema.omit({ scene: true }).extend({
  scenes: itemsOf(sceneInputSchema.shape.scene, { one: "scene", many: "scenes" }),
  projectId,
});

/** Parses input from a client; throws a `RequestError` that names the scene, the field and the remedy. */
export function parseSceneBatch(input: unknown): BatchOrder {
  const {
    scenes,
    requestId,
    projectId: project,
    ...shared
  } = parseInput(sceneBatchSchema, withScenePreset(input));
  const requests = Object.entries(scenes).map(([key, scene]): [string, SceneRequest] => [
    key,
    toScene({ ...shared, scene }),
  ]);
  return { type: "scenes", requestId, projectId: project ?? null, requests: new Map(requests) };
}
