import { spokenSeconds } from "../../../src/domain/request/request.js";
import type { CreateBody } from "./bodies.js";

/** What a body will make and what it costs, in the vendor's terms. */
export interface Product {
  readonly model: string;
  readonly medium: "video" | "image";
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly audio: boolean;
  readonly credits: number;
}

/** Credits per second, as the pricing page of 2026-09-26 has them. */
const perSecond = {
  "gen4.5": () => 12,
  gen4_turbo: () => 5,
  "veo3.1": (audio: boolean) => (audio ? 40 : 20),
  "veo3.1_fast": (audio: boolean) => (audio ? 15 : 10),
  seedance2: (_audio: boolean, pixels: number) => (pixels > 4_000_000 ? 150 : pixels > 1_500_000 ? 40 : 36),
} as const;

export function productOf(body: CreateBody): Product {
  if (body.model === "gwm1_avatars") return avatarProduct(body);
  const [width = 0, height = 0] = body.ratio.split(":").map(Number);
  if (body.model === "gen4_image" || body.model === "gen4_image_turbo") {
    // The price list speaks of 720p and 1080p images; the short side decides between them.
    const large = Math.min(width, height) > 720;
    const credits = body.model === "gen4_image_turbo" ? 2 : large ? 8 : 5;
    return { model: body.model, medium: "image", width, height, durationSeconds: 0, audio: false, credits };
  }
  const audio = "audio" in body && body.audio;
  // `auto` leaves the length to the vendor, which says nothing about its choice.
  const durationSeconds = body.duration === "auto" ? 5 : body.duration;
  const credits = Math.ceil(perSecond[body.model](audio, width * height) * durationSeconds);
  return { model: body.model, medium: "video", width, height, durationSeconds, audio, credits };
}

function avatarProduct(body: Extract<CreateBody, { model: "gwm1_avatars" }>): Product {
  // The length of a voice file is not known without opening it.
  const durationSeconds = body.speech.type === "text" ? spokenSeconds(body.speech.text) : 10;
  // Size and price as seen on the one clip on record (6.7 s, 2 credits, third party, 2026-09-25).
  const credits = Math.max(2, 2 * Math.round(durationSeconds / 6));
  return {
    model: body.model,
    medium: "video",
    width: 1088,
    height: 704,
    durationSeconds,
    audio: true,
    credits,
  };
}
