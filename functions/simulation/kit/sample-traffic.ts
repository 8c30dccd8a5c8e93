import { emptyHealth } from "../../src/domain/health/health.js";
import { defaultPolicy, type Policy, type ProfileName } from "../../src/domain/policy/policy.js";
import { type Catalogue, knownIds } from "../../src/domain/provider/catalogue.js";
import { type ModeName, qualities } from "../../src/domain/provider/model.js";
import { ratios, resolutions } from "../../src/domain/provider/resolution.js";
import { parseRequest, type VideoRequest } from "../../src/domain/request/request.js";
import type { SelectionContext, Snapshot } from "../../src/domain/selection/selection.js";
import { buildCatalogue, vendors } from "../../src/providers/index.js";
import { type Chance, createChance } from "./chance.js";
import { driftHealth } from "./drifting-health.js";

/** Versions that an installation could have published one after the other, the built-in one first. */
export function samplePolicies(catalogue: Catalogue): readonly [Policy, ...Policy[]] {
  const { providers } = catalogue;
  return [
    defaultPolicy,
    {
      ...defaultPolicy,
      version: 1,
      // The vendors' own order turned round.
      priorities: Object.fromEntries(providers.map((id, index) => [id, 3 * (providers.length - index) - 2])),
      affinities: {
        "style:professional": Object.fromEntries(providers.slice(0, 1).map((id) => [id, 0.9])),
        "mode:frames": Object.fromEntries(providers.slice(-1).map((id) => [id, 0.2])),
      },
    },
    {
      ...defaultPolicy,
      version: 2,
      profiles: { ...defaultPolicy.profiles, balanced: defaultPolicy.profiles.cheapest },
      tierProfiles: { free: "cheapest", premium: "fastest", enterprise: "best" },
      adjustments: { ...defaultPolicy.adjustments, resolutionStepsDown: 0, longerSeconds: 5 },
    },
  ];
}

/** One call of `select()`, complete. */
export interface SampleCall {
  readonly request: VideoRequest;
  readonly snapshot: Snapshot;
  readonly context: SelectionContext;
}

const startedAt = Date.UTC(2026, 10, 1);

/** The catalogue of all vendors, as in an installation that has a key for each. */
export function wholeCatalogue(): Catalogue {
  return buildCatalogue(vendors, new Set(vendors.map((vendor) => vendor.id)));
}

/** Endless seeded traffic: each call sees the health that results from the calls before it. */
export function* sampleCalls(catalogue: Catalogue, seed: number): Generator<SampleCall, never> {
  const chance = createChance(seed);
  const ids = idsOf(catalogue);
  const policies = samplePolicies(catalogue);
  let health = emptyHealth;
  let now = startedAt;
  for (;;) {
    const policy = chance.pick(policies);
    now += Math.round(chance.exponential(20_000));
    for (let changes = 0; changes < 3; changes += 1) {
      health = driftHealth(health, catalogue, policy, now, chance);
    }
    const request = sampleRequest(chance, ids);
    yield {
      request,
      snapshot: { policy, health },
      context: {
        now,
        profile: sampleProfile(chance, policy.tierProfiles),
        deadlineAt: now + (request.deadlineSeconds ?? policy.limits.deadlineSeconds) * 1_000,
        failed: failedModels(catalogue, chance),
        budgetLeftUsdMicros: chance.happens(0.2) ? Math.round(chance.logBetween(50_000, 50_000_000)) : null,
      },
    };
  }
}

/** Most jobs are chosen for the first time; some have already tried one or two models. */
function failedModels(catalogue: Catalogue, chance: Chance): string[] {
  const count = chance.happens(0.15) ? 1 + chance.below(2) : 0;
  return Array.from({ length: count }, () => chance.below(catalogue.entries.length)).flatMap((index) => {
    const entry = catalogue.entries[index];
    return entry === undefined ? [] : [entry.model.id];
  });
}

function idsOf(catalogue: Catalogue): KnownIds {
  const [first, ...rest] = knownIds(catalogue);
  if (first === undefined) throw new Error("the catalogue is empty");
  return [first, ...rest];
}

const sentence = "A paper boat drifts past a red lighthouse while gulls circle in the evening light. ";
const picture = (name: string) => `https://media.example.com/${name}.png`;

/** Ids that a caller may name in `providers`. */
type KnownIds = readonly [string, ...string[]];

/** A valid request of any kind, as different from the last one as callers are. */
function sampleRequest(chance: Chance, ids: KnownIds): VideoRequest {
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

function sampleProfile(chance: Chance, tierProfiles: Readonly<Record<string, ProfileName>>): ProfileName {
  return tierProfiles[chance.pick(["free", "free", "premium", "enterprise", "trial"])] ?? "balanced";
}
