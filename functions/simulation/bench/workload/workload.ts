import { emptyHealth } from "../../../src/domain/health/health.js";
import { type Catalogue, knownIds } from "../../../src/domain/provider/catalogue.js";
import type { VideoRequest } from "../../../src/domain/request/request.js";
import type { SelectionContext, Snapshot } from "../../../src/domain/selection/selection.js";
import { buildCatalogue, vendors } from "../../../src/providers/index.js";
import { type Chance, createChance } from "../../kit/chance.js";
import { driftHealth } from "./drifting-health.js";
import { samplePolicies } from "./sample-policies.js";
import { type KnownIds, sampleProfile, sampleRequest } from "./sample-requests.js";

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
