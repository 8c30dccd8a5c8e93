import { models } from "../../../src/providers/heygen/models.js";
import {
  type GenerationFault,
  generationMs,
  type SimulatedFile,
  type SimulatorWorld,
} from "../shared/simulator.js";
import type { VideoRequest } from "./bodies.js";

export interface SimulatedVideo {
  readonly id: string;
  readonly model: string;
  readonly title: string | null;
  readonly callbackUrl: string | null;
  readonly callbackId: string | null;
  readonly startedAt: number;
  /** Infinity for a generation that is stuck. */
  readonly endsAt: number;
  /** Why it will fail; null when it will be finished. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly file: SimulatedFile;
}

type VideoStatus = "waiting" | "pending" | "processing" | "completed" | "failed";

export function createSimulatedVideo(
  request: VideoRequest,
  id: string,
  world: SimulatorWorld,
  generationFault: GenerationFault | undefined,
): SimulatedVideo {
  const name = request.type === "image" ? "photo_avatar_iv" : (request.engine?.type ?? "avatar_iv");
  const typicalSeconds = models.find((model) => model.name === name)?.typicalSeconds.p50 ?? 540;
  const takesMs = generationMs(typicalSeconds, world, generationFault);
  const startedAt = world.now();
  return {
    id,
    model: `heygen:${name}`,
    title: request.title ?? null,
    callbackUrl: request.callback_url ?? null,
    callbackId: request.callback_id ?? null,
    startedAt,
    // Moderation looks at the input, long before the picture is made.
    endsAt: startedAt + (generationFault?.type === "moderated" ? takesMs / 5 : takesMs),
    failure: failureOf(generationFault),
    file: {
      vendor: "heygen",
      model: `heygen:${name}`,
      id,
      medium: "video",
      ...pixels(request.aspect_ratio ?? "16:9", request.resolution ?? "720p"),
      durationSeconds: spokenSeconds(request, world),
      audio: true,
      ...(generationFault?.type === "bad-output" ? { defect: generationFault.defect } : {}),
    },
  };
}

export function statusOf(video: SimulatedVideo, now: number): VideoStatus {
  if (now >= video.endsAt) return video.failure === null ? "completed" : "failed";
  const elapsedMs = now - video.startedAt;
  if (elapsedMs < 2_000) return "waiting";
  return elapsedMs < 20_000 ? "pending" : "processing";
}

/** The answer to GET /v3/videos/{id}; URLs are made anew by each read, as the vendor does. */
export function describeVideo(video: SimulatedVideo, world: SimulatorWorld) {
  const status = statusOf(video, world.now());
  const isCompleted = status === "completed";
  const isFailed = status === "failed";
  return {
    id: video.id,
    title: video.title,
    status,
    created_at: unixSeconds(video.startedAt),
    completed_at: isCompleted ? unixSeconds(video.endsAt) : null,
    duration: isCompleted ? video.file.durationSeconds : null,
    video_url: isCompleted ? world.fileUrl(video.file) : null,
    thumbnail_url: isCompleted ? world.fileUrl({ ...video.file, medium: "image" }) : null,
    gif_url: null,
    captioned_video_url: null,
    subtitle_url: null,
    video_page_url: isCompleted ? `https://app.heygen.com/videos/${video.id}` : null,
    folder_id: null,
    output_language: null,
    failure_code: isFailed ? (video.failure?.code ?? null) : null,
    failure_message: isFailed ? (video.failure?.message ?? null) : null,
  };
}

/** USD that a finished video takes out of the wallet; a failed one is refunded. */
export function billedUsd(video: SimulatedVideo, now: number): number {
  return statusOf(video, now) === "completed" ? billedUsdMicros(video) / 1_000_000 : 0;
}

/** The same in the end, whoever deletes it before. */
export function billedUsdMicros({ model: id, file, failure }: SimulatedVideo): number {
  if (failure !== null) return 0;
  const rate = models.find((model) => model.id === id)?.price;
  const usdMicros = rate?.unit === "second" ? (rate.rates[0]?.usdMicros ?? 0) : 0;
  return usdMicros * file.durationSeconds;
}

function failureOf(generationFault: GenerationFault | undefined): SimulatedVideo["failure"] {
  if (generationFault?.type === "fail") return { code: "internal_error", message: "Video render failed" };
  if (generationFault?.type === "moderated") {
    return { code: "content_policy_violation", message: "The script violates our content policy" };
  }
  return null;
}

/** The short edge has the pixels of the resolution; `auto` falls back to 16:9. */
function pixels(ratio: string, resolution: "720p" | "1080p"): { width: number; height: number } {
  const short = resolution === "1080p" ? 1_080 : 720;
  const [across = 16, down = 9] = (ratio === "auto" ? "16:9" : ratio).split(":").map(Number);
  const long = Math.round((short * Math.max(across, down)) / Math.min(across, down));
  return across < down ? { width: short, height: long } : { width: long, height: short };
}

/** About 15 characters a second, ±10 %; a recording of unknown length counts as 10 seconds. */
function spokenSeconds(request: VideoRequest, world: SimulatorWorld): number {
  if (request.script == null) return 10;
  const seconds = [...request.script].length / 15 / (request.voice_settings?.speed ?? 1);
  return Math.max(1, Math.round(seconds * (0.9 + world.random() * 0.2) * 10) / 10);
}

export function unixSeconds(epochMs: number): number {
  return Math.floor(epochMs / 1_000);
}
