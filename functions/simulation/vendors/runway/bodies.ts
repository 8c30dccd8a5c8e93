import { z } from "zod";
import type { SimulatedResponse } from "../shared/simulator.js";

const docUrl = "https://docs.dev.runwayml.com/api";

/** Texts of the 401, the 429 and the two of the version header are not on record; the rest is. */
function refusal(status: number, error: string): SimulatedResponse {
  return { status, body: { error, docUrl } };
}

export const unauthorized = refusal(401, "Unauthorized");
export const missingVersion = refusal(400, "The X-Runway-Version header is required.");
export const unknownVersion = refusal(400, "The X-Runway-Version header names an unknown version.");
export const noCredits = refusal(400, "You do not have enough credits to run this task.");
export const dailyCap = refusal(429, "You have exceeded the daily generation limit for this model.");
export const noTask: SimulatedResponse = { status: 404, body: { error: "Could not find Task" } };
export const noRoute: SimulatedResponse = { status: 404, body: { error: "Not found" } };

export function invalidBody(issues: readonly z.core.$ZodIssue[]): SimulatedResponse {
  return {
    status: 400,
    body: {
      error: "Validation of body failed",
      issues: issues.map((issue) => ({
        // The vendor speaks in the codes of zod 3.
        code: issue.code === "invalid_value" ? "invalid_enum_value" : issue.code,
        path: issue.path,
        message: issue.message,
      })),
      docUrl,
    },
  };
}

/**
 * What the vendor accepts, per endpoint and model, after its official types (@runwayml/sdk 4.20.1).
 * Written from those types and not from our mapping, so that the two can disagree. Unknown fields
 * are refused (changelog of 4.19.1: "reject unknown router and Veo fields"; assumed for the rest).
 */

/** The widest lists; `simulator.test.ts` holds them against the official types. */
export const gen4TextRatios = ["1280:720", "720:1280"] as const;
export const gen4ImageRatios = [
  "1280:720",
  "720:1280",
  "1104:832",
  "832:1104",
  "960:960",
  "1584:672",
] as const;
export const veoRatios = ["1280:720", "720:1280", "1080:1920", "1920:1080"] as const;
// biome-ignore format: one line per resolution
export const seedanceRatios = [
  "992:432", "864:496", "752:560", "640:640", "560:752", "496:864",
  "1470:630", "1280:720", "1112:834", "960:960", "834:1112", "720:1280",
  "2206:946", "1920:1080", "1664:1248", "1440:1440", "1248:1664", "1080:1920",
  "3840:1646", "3840:2160", "3840:2880", "3840:3840", "2880:3840", "2160:3840",
] as const;
// biome-ignore format: a list of the vendor
export const stillRatios = [
  "1024:1024", "1080:1080", "1168:880", "1360:768", "1440:1080", "1080:1440", "1808:768", "1920:1080",
  "1080:1920", "2112:912", "1280:720", "720:1280", "720:720", "960:720", "720:960", "1680:720",
] as const;
// biome-ignore format: a list of the vendor
export const avatarPresets = [
  "game-character", "music-superstar", "game-character-man", "cat-character", "influencer",
  "tennis-coach", "human-resource", "fashion-designer", "cooking-teacher",
] as const;
// biome-ignore format: a list of the vendor
export const voicePresets = [
  "victoria", "vincent", "clara", "drew", "skye", "max", "morgan", "felix", "mia", "marcus", "summer",
  "ruby", "aurora", "jasper", "leo", "adrian", "nina", "emma", "blake", "david", "maya", "nathan", "sam",
  "georgia", "petra", "adam", "zach", "violet", "roman", "luna",
] as const;

/** Loopback http stands for files of the local cloud, which has no certificate. */
const uri = z.union([
  z
    .string()
    .max(2_048)
    .regex(/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])/),
  z.string().max(5_000).startsWith("runway://"),
  z
    .string()
    .max(5 * 1024 * 1024)
    .regex(/^data:(image|audio)\//),
]);
const prompt = z.string().min(1).max(1_000);
const longPrompt = z.string().min(1).max(3_500);
const seed = z.number().int().min(0).max(4_294_967_295).optional();
const contentModeration = z
  .strictObject({ publicFigureThreshold: z.enum(["auto", "low"]).optional() })
  .optional();

const firstOnly = z.union([uri, z.array(z.strictObject({ uri, position: z.literal("first") })).length(1)]);
const keyframe = z.strictObject({ uri, position: z.enum(["first", "last"]) });
const keyframes = z
  .array(keyframe)
  .min(1)
  .max(2)
  .refine((images) => images[0]?.position === "first", "a last frame alone is not supported")
  .refine(
    (images) => new Set(images.map((image) => image.position)).size === images.length,
    "same position twice",
  );
const references = z.array(z.strictObject({ uri })).min(1).max(9);

const gen4 = { duration: z.number().int().min(2).max(10), seed, contentModeration };
const veo = {
  ratio: z.enum(veoRatios),
  duration: z.union([z.literal(4), z.literal(6), z.literal(8)]).default(8),
  audio: z.boolean().default(true),
  negativePrompt: z.string().optional(),
  seed,
};
const seedance = {
  ratio: z.enum(seedanceRatios).default("1280:720"),
  duration: z.union([z.number().min(4).max(15), z.literal("auto")]).default("auto"),
  audio: z.boolean().default(true),
  seed,
};
const referenceImage = z.strictObject({
  uri,
  tag: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{2,15}$/)
    .optional(),
});
const still = { promptText: prompt, ratio: z.enum(stillRatios), seed, contentModeration };

const textToVideo = z.discriminatedUnion("model", [
  z.strictObject({ model: z.literal("gen4.5"), promptText: prompt, ratio: z.enum(gen4TextRatios), ...gen4 }),
  z.strictObject({ model: z.literal("veo3.1"), promptText: prompt, ...veo }),
  z.strictObject({ model: z.literal("veo3.1_fast"), promptText: prompt, ...veo }),
  z.strictObject({
    model: z.literal("seedance2"),
    promptText: longPrompt,
    references: references.optional(),
    ...seedance,
  }),
]);

const imageToVideo = z.discriminatedUnion("model", [
  z.strictObject({
    model: z.literal("gen4.5"),
    promptText: prompt,
    promptImage: firstOnly,
    ratio: z.enum(gen4ImageRatios),
    ...gen4,
  }),
  z.strictObject({
    ...gen4,
    model: z.literal("gen4_turbo"),
    promptText: prompt.optional(),
    promptImage: firstOnly,
    ratio: z.enum(gen4ImageRatios),
    duration: gen4.duration.default(10),
  }),
  z.strictObject({
    model: z.literal("veo3.1"),
    promptText: prompt.optional(),
    promptImage: z.union([uri, keyframes]),
    ...veo,
  }),
  z.strictObject({
    model: z.literal("veo3.1_fast"),
    promptText: prompt.optional(),
    promptImage: z.union([uri, keyframes]),
    ...veo,
  }),
  z.strictObject({
    model: z.literal("seedance2"),
    promptText: longPrompt.optional(),
    promptImage: z.union([uri, keyframes, references]),
    ...seedance,
  }),
]);

const textToImage = z.discriminatedUnion("model", [
  z.strictObject({
    model: z.literal("gen4_image"),
    referenceImages: z.array(referenceImage).max(3).optional(),
    ...still,
  }),
  z.strictObject({
    model: z.literal("gen4_image_turbo"),
    referenceImages: z.array(referenceImage).min(1).max(3),
    ...still,
  }),
]);

const voice = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("preset"), presetId: z.enum(voicePresets) }),
  z.strictObject({ type: z.literal("custom"), id: z.string().min(1) }),
]);
const avatarVideos = z.discriminatedUnion("model", [
  z.strictObject({
    model: z.literal("gwm1_avatars"),
    avatar: z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("runway-preset"), presetId: z.enum(avatarPresets) }),
      z.strictObject({ type: z.literal("custom"), avatarId: z.string().min(1) }),
    ]),
    speech: z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text"), text: prompt, voice: voice.optional() }),
      z.strictObject({ type: z.literal("audio"), audio: uri }),
    ]),
  }),
]);

export const bodies = {
  text_to_video: textToVideo,
  image_to_video: imageToVideo,
  text_to_image: textToImage,
  avatar_videos: avatarVideos,
} as const;

export const createEndpoints = ["text_to_video", "image_to_video", "text_to_image", "avatar_videos"] as const;
export type CreateEndpoint = (typeof createEndpoints)[number];
export type CreateBody = z.output<(typeof bodies)[CreateEndpoint]>;
