import { z } from "zod";
import { asPublicUrl, framesRequestSchema, parseInput, type VideoRequest } from "../request/request.js";
import { itemKey, itemsOf, projectId } from "./items.js";
import type { BatchOrder } from "./order.js";

const picture = asPublicUrl(
  z.string({
    error: ({ input }) => (input === undefined ? "is missing: give the https URL of a picture" : undefined),
  }),
);

/** What a caller may ask for: pairs of pictures by key, and options that all clips share. */
const clipsSchema = framesRequestSchema
  .omit({ kind: true, prompt: true, firstFrame: true, lastFrame: true })
  .extend({
    frames: itemsOf(z.strictObject({ first: picture, last: picture }), { one: "pair", many: "pairs" }),
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
  const parsed = parseInput(clipsSchema, input);
  const { frames: pairs, prompt, prompts, requestId, projectId: project, ...options } = parsed;
  const requests = Object.entries(pairs).map(([name, { first, last }]): [string, VideoRequest] => {
    const own = Object.hasOwn(prompts, name) ? prompts[name] : undefined;
    return [
      name,
      { ...options, kind: "frames", prompt: own ?? prompt ?? "", firstFrame: first, lastFrame: last },
    ];
  });
  return { type: "clips", requestId, projectId: project ?? null, requests: new Map(requests) };
}
