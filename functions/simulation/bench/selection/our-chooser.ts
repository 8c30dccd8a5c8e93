import { afterObservations } from "../../../src/adapters/shared/circuits-after.js";
import { circuitView, closedCircuit, retryAt, takeTrial } from "../../../src/domain/health/circuit.js";
import { emptyHealth, type HealthState, strictestCircuit } from "../../../src/domain/health/health.js";
import {
  addObservation,
  decayed,
  type ModelStats,
  type Observation,
  typicalSeconds,
} from "../../../src/domain/health/stats.js";
import { usdToMicros } from "../../../src/domain/money.js";
import { defaultPolicy } from "../../../src/domain/policy/policy.js";
import type { ProviderModel } from "../../../src/domain/provider/model.js";
import { type CandidateFacts, decide, plainFacts } from "../../../src/domain/selection/decision.js";
import type { Chooser, Listing } from "./chooser.js";
import { plainQuestion } from "./plain-question.js";

/** This system with its built-in policy: real decision, circuits, trials and health statistics. */
export function ourChooser(): Chooser {
  let health: HealthState = emptyHealth;
  const { halfLifeSeconds } = defaultPolicy.health;
  return {
    choose(listings, now, job) {
      const facts = listings.map((listing) => toFacts(listing, listings, health, now));
      const { winner } = decide({ ...plainQuestion, now }, facts, defaultPolicy);
      const listing = listings.find((candidate) => candidate.model === winner);
      if (listing !== undefined) health = withTrials(health, listing, now, job);
      return winner;
    },
    learn({ model, provider }, { ok, code, seconds }, now) {
      const outcome = ok || code === null ? ({ ok: true, seconds } as const) : ({ ok: false, code } as const);
      const observation: Observation = { model, provider, outcome };
      const stats = addObservation(health.stats[model], outcome, now, halfLifeSeconds);
      health = { ...health, stats: { ...health.stats, [model]: stats } };
      health = afterObservations(health, [observation], now, defaultPolicy.breaker);
    },
  };
}

function toFacts(
  listing: Listing,
  listings: readonly Listing[],
  health: HealthState,
  now: number,
): CandidateFacts {
  const { model, provider } = listing;
  const stats: ModelStats = decayed(health.stats[model], now, defaultPolicy.health.halfLifeSeconds);
  const circuit = strictestCircuit(health, { id: model, provider }, now);
  const typical = typicalSeconds(toModel(listing), stats);
  const order = [...new Set(listings.map((candidate) => candidate.provider))];
  return {
    ...plainFacts({
      model,
      provider,
      costUsdMicros: usdToMicros(listing.priceUsd),
      p50Seconds: typical.p50,
      p90Seconds: typical.p90,
    }),
    successes: stats.successes,
    failures: stats.failures,
    circuit: circuitView(circuit, now),
    retryAt: retryAt(circuit, now),
    priority: order.indexOf(provider) + 1,
  };
}

function withTrials(health: HealthState, listing: Listing, now: number, job: string): HealthState {
  const circuits = { ...health.circuits };
  for (const key of [listing.provider, listing.model]) {
    const taken = takeTrial(circuits[key] ?? closedCircuit, job, now, defaultPolicy.breaker);
    if (taken !== null) circuits[key] = taken;
  }
  return { ...health, circuits };
}

/** The row that the catalogue would have for it. */
function toModel({ model, provider, priceUsd, typicalSeconds: p50 }: Listing): ProviderModel {
  return {
    id: model,
    provider,
    name: model,
    label: model,
    medium: "video",
    modes: {},
    quality: "standard",
    price: { unit: "output", rates: [{ usdMicros: usdToMicros(priceUsd) }] },
    typicalSeconds: { p50, p90: p50 * 1.6 },
    source: "synthetic",
    readOn: "2026-11-01",
  };
}
