import { z } from "zod";
import type { SimulatedResponse } from "../shared/simulator.js";
import { refuse } from "./answers.js";

/**
 * What POST /v3/videos takes, written from the vendor's schema (official CLI, 2026-07-22) and not
 * from our own mapping, so that the two can disagree.
 */
const publicUrl = z.string().refine(isPublicUrl, "must be a public https URL");

/** The loopback host stands for a public one: on a laptop everything lives there. */
export function isPublicUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && url.hostname === "127.0.0.1");
}

const common = {
  title: z.string().nullish(),
  script: z.string().max(5_000, "script must be at most 5000 characters").nullish(),
  audio_url: publicUrl.nullish(),
  audio_asset_id: z.string().nullish(),
  voice_id: z.string().min(1).nullish(),
  voice_settings: z
    .strictObject({
      speed: z.number().min(0.5).max(1.5).optional(),
      pitch: z.number().min(-50).max(50).optional(),
      volume: z.number().min(0).max(1).optional(),
      locale: z.string().optional(),
    })
    .nullish(),
  callback_url: publicUrl.nullish(),
  callback_id: z.string().nullish(),
  aspect_ratio: z.enum(["16:9", "9:16", "4:5", "5:4", "1:1", "auto"]).nullish(),
  // 4k is in the schema, but reported suspended since September 2026.
  resolution: z.enum(["720p", "1080p"]).nullish(),
  caption: z
    .strictObject({ file_format: z.literal("srt").optional(), style: z.literal("default").nullish() })
    .nullish(),
  output_format: z.enum(["mp4", "webm"]).nullish(),
  background: z
    .strictObject({
      type: z.enum(["color", "image"]),
      value: z.string().nullish(),
      url: publicUrl.nullish(),
      asset_id: z.string().nullish(),
    })
    .nullish(),
  remove_background: z.boolean().nullish(),
  fit: z.enum(["contain", "cover"]).nullish(),
  motion_prompt: z.string().nullish(),
  expressiveness: z.enum(["high", "medium", "low"]).nullish(),
};

const videoRequest = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("avatar"),
    avatar_id: z.string().min(1),
    engine: z.strictObject({ type: z.enum(["avatar_iii", "avatar_iv", "avatar_v"]) }).nullish(),
    ...common,
  }),
  z.strictObject({
    type: z.literal("image"),
    image: z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("url"), url: publicUrl }),
      z.strictObject({ type: z.literal("asset_id"), asset_id: z.string().min(1) }),
      z.strictObject({ type: z.literal("base64"), media_type: z.string(), data: z.string().min(1) }),
    ]),
    ...common,
  }),
]);
export type VideoRequest = z.infer<typeof videoRequest>;

type Parsed =
  | { readonly request: VideoRequest; readonly refusal?: undefined }
  | { readonly request?: undefined; readonly refusal: SimulatedResponse };

export function parseVideoRequest(json: unknown): Parsed {
  const result = videoRequest.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    const param = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
    return { refusal: invalid(issue?.message ?? "Invalid body", param || "body") };
  }
  const refusal = conflictIn(result.data);
  return refusal === null ? { request: result.data } : { refusal };
}

/** Rules between fields; every one is in the vendor's field descriptions. */
function conflictIn(request: VideoRequest): SimulatedResponse | null {
  const hasAudio = Boolean(request.audio_url ?? request.audio_asset_id);
  if (request.script != null && hasAudio) {
    const param = request.audio_url ? "audio_url" : "audio_asset_id";
    return invalid(`script and ${param} are mutually exclusive`, param);
  }
  if (request.script == null && !hasAudio) return invalid("script or audio is required", "script");
  if (request.script?.trim() === "") return refuse(400, "script_too_short", "Script is too short");
  if (request.type === "image" && request.script != null && !request.voice_id) {
    return invalid("voice_id is required with script", "voice_id");
  }
  if (request.output_format === "webm" && request.background) {
    return invalid("background cannot be combined with webm", "background");
  }
  return request.type === "avatar" ? engineConflictIn(request) : null;
}

function engineConflictIn(request: VideoRequest & { type: "avatar" }): SimulatedResponse | null {
  const engine = request.engine?.type ?? "avatar_iv";
  // The presenters of this simulator are video avatars, not photo avatars.
  if (request.motion_prompt && engine !== "avatar_v") {
    return invalid(`motion_prompt is not supported with ${engine}`, "motion_prompt");
  }
  if (request.expressiveness) return invalid("expressiveness is for photo avatars only", "expressiveness");
  return null;
}

function invalid(message: string, param: string): SimulatedResponse {
  return refuse(400, "invalid_parameter", message, { param });
}
