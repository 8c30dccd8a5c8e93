import { emptyHealth } from "../../../src/domain/health/health.js";
import { defaultPolicy, type Policy } from "../../../src/domain/policy/policy.js";
import { type Catalogue, knownIds } from "../../../src/domain/provider/catalogue.js";
import type { VideoRequest } from "../../../src/domain/request/request.js";
import type { SelectionContext, Snapshot } from "../../../src/domain/selection/selection.js";
import { buildCatalogue, vendors } from "../../../src/providers/index.js";
import { type Chance, createChance } from "../chance.js";
import { driftHealth } from "./drifting-health.js";
import { type KnownIds, sampleProfile, sampleRequest } from "./sample-requests.js";

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

/** Endless seeded traffic: every call sees the health that the calls before it left behind. */
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
