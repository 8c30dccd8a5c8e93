import type { ProfileName } from "../../../src/domain/policy/policy.js";
import { type ModeName, qualities } from "../../../src/domain/provider/model.js";
import { ratios, resolutions } from "../../../src/domain/provider/resolution.js";
import { parseRequest, type VideoRequest } from "../../../src/domain/request/request.js";
import type { Chance } from "../chance.js";

const sentence = "A paper boat drifts past a red lighthouse while gulls circle in the evening light. ";
const picture = (name: string) => `https://media.example.com/${name}.png`;

/** Ids that a caller may name in `providers`. */
export type KnownIds = readonly [string, ...string[]];

/** A valid request of any kind, as different from the last one as callers are. */
export function sampleRequest(chance: Chance, ids: KnownIds): VideoRequest {
  const kind: Exclude<ModeName, "photo" | "still"> = chance.pick([
    "text",
    "text",
    "image",
    "frames",
    "avatar",
  ]);
  return parseRequest({
    ...subject(chance, kind),
    ...preferences(chance),
    providers: providersOf(chance, ids),
  });
}

function subject(chance: Chance, kind: "text" | "image" | "frames" | "avatar"): Record<string, unknown> {
  // Now and then longer than some models take.
  const prompt = sentence.repeat(chance.happens(0.1) ? 10 + chance.below(38) : 1 + chance.below(4)).trim();
  const durationSeconds = chance.pick([4, 5, 5, 5, 6, 8, 8, 10, 10, 15]);
  switch (kind) {
    case "text":
      return { kind, prompt, durationSeconds };
    case "image":
      return { kind, prompt, durationSeconds, image: picture("start") };
    case "frames":
      return { kind, prompt, durationSeconds, firstFrame: picture("first"), lastFrame: picture("last") };
    case "avatar":
      return {
        kind,
        script: sentence.repeat(1 + chance.below(40)).trim(),
        ...(chance.happens(0.4) ? { image: picture("portrait") } : {}),
      };
  }
}

function preferences(chance: Chance): Record<string, unknown> {
  return {
    aspectRatio: chance.happens(0.75) ? chance.pick(["16:9", "9:16"]) : chance.pick(ratios),
    resolution: chance.happens(0.7) ? "720p" : chance.pick(resolutions),
    quality: chance.pick(qualities),
    audio: chance.happens(0.2),
    strategy: chance.pick(["default", "default", "creative", "precise"]),
    ...(chance.happens(0.3) ? { style: chance.pick(["professional", "friendly", "energetic"]) } : {}),
    ...(chance.happens(0.2) ? { maxCostUsd: chance.logBetween(0.2, 5) } : {}),
    ...(chance.happens(0.2) ? { deadlineSeconds: Math.round(chance.logBetween(60, 3_600)) } : {}),
    ...(chance.happens(0.2) ? { seed: chance.below(1_000) } : {}),
    ...(chance.happens(0.2) ? { negativePrompt: "text, watermarks" } : {}),
  };
}

function providersOf(chance: Chance, ids: KnownIds): Record<string, readonly string[]> {
  return {
    ...(chance.happens(0.05) ? { only: [chance.pick(ids), chance.pick(ids)] } : {}),
    ...(chance.happens(0.15) ? { exclude: [chance.pick(ids)] } : {}),
    ...(chance.happens(0.15) ? { prefer: [chance.pick(ids)] } : {}),
  };
}

export function sampleProfile(
  chance: Chance,
  tierProfiles: Readonly<Record<string, ProfileName>>,
): ProfileName {
  return tierProfiles[chance.pick(["free", "free", "premium", "enterprise", "trial"])] ?? "balanced";
}
