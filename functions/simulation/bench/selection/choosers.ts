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
import {
  type CandidateFacts,
  decide,
  noConditions,
  plainFacts,
  type Question,
} from "../../../src/domain/selection/decision.js";
import type { Chance } from "../../kit/chance.js";
import type { Outcome } from "./world.js";

/** What is public about a model at any time. */
export interface Listing {
  readonly model: string;
  readonly provider: string;
  readonly priceUsd: number;
  /** The speed that the vendor stated when the world began. */
  readonly typicalSeconds: number;
}

/** A policy in the world: it chooses from what was published and from the ends of its own jobs. */
export interface Chooser {
  choose(listings: readonly Listing[], now: number, job: string): string | null;
  /** A job of its own has ended; never called before that time. */
  learn(listing: Listing, outcome: Outcome, now: number): void;
}

export function roundRobin(): Chooser {
  let turn = 0;
  return {
    choose: (listings) => listings[turn++ % listings.length]?.model ?? null,
    learn: () => {},
  };
}

/** One fixed order and always its first. */
export function staticPriority(first: string): Chooser {
  return { choose: () => first, learn: () => {} };
}

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

interface Seen {
  readonly at: number;
  readonly outcome: Outcome;
}

const windowMs = 60 * 60_000;

/**
 * LLM Gateway: its score over a window of an hour in which the last minute counts ten times and the
 * last five minutes three times, and one request in a hundred goes to a model at random. Sessions
 * that stick to a provider for its prompt cache have no counterpart in video jobs and are left out.
 */
export function ratioChooser(chance: Chance): Chooser {
  const seen = new Map<string, Seen[]>();
  return {
    choose(listings, now) {
      if (chance.happens(0.01)) return listings[chance.below(listings.length)]?.model ?? null;
      const pool = listings.map((listing) => {
        const recent = (seen.get(listing.model) ?? []).filter(({ at }) => at > now - windowMs);
        seen.set(listing.model, recent);
        return { priceUsd: listing.priceUsd, secondsDeviation: 0, ...metricsOf(recent, listing, now) };
      });
      return listings[indexOfLowest(ratioScores(pool))]?.model ?? null;
    },
    learn({ model }, outcome, now) {
      seen.set(model, [...(seen.get(model) ?? []), { at: now, outcome }]);
    },
  };
}

/** Without any traffic: uptime 100 % as published, and the speed that the vendor states. */
function metricsOf(
  recent: readonly Seen[],
  listing: Listing,
  now: number,
): { uptimePercent: number; seconds: number } {
  let total = 0;
  let good = 0;
  let goodSeconds = 0;
  for (const { at, outcome } of recent) {
    const weight = now - at <= 60_000 ? 10 : now - at <= 5 * 60_000 ? 3 : 1;
    total += weight;
    if (!outcome.ok) continue;
    good += weight;
    goodSeconds += weight * outcome.seconds;
  }
  return {
    uptimePercent: total === 0 ? 100 : (100 * good) / total,
    seconds: good === 0 ? listing.typicalSeconds : goodSeconds / good,
  };
}

/** Five seconds from text, nothing else asked for. */
export const plainQuestion: Question = {
  now: Date.UTC(2026, 10, 1),
  mode: "text",
  quality: "standard",
  askedSeconds: 5,
  profile: "balanced",
  ...noConditions,
  traits: ["mode:text", "strategy:default", "style:none"],
};

/**
 * The published formulas of two routers, written from their documentation and source as read on
 * 2026-11-21. Only the factors in which candidates of a pool can differ here are present; factors
 * that are equal for all shift every score alike.
 */
export interface PeerCandidate {
  readonly priceUsd: number;
  readonly seconds: number;
  /** Spread of the finish times; only OmniRoute looks at it. */
  readonly secondsDeviation: number;
  /** Percent, 0 to 100; only LLM Gateway looks at it. */
  readonly uptimePercent: number;
}

/**
 * LLM Gateway (theopenco/llmgateway, docs `features/routing`): weighted ratios to the best value in
 * the pool, plus a penalty for low uptime; the lowest score wins. Videos are not streamed, so the
 * latency weight is 0 there and speed counts as throughput.
 */
export function ratioScores(pool: readonly PeerCandidate[]): number[] {
  const weights = { price: 0.6, uptime: 0.5, throughput: 0.05 };
  const total = weights.price + weights.uptime + weights.throughput;
  const cheapest = Math.min(...pool.map((candidate) => candidate.priceUsd));
  const fastest = Math.min(...pool.map((candidate) => candidate.seconds));
  const steadiest = Math.max(...pool.map((candidate) => candidate.uptimePercent));
  return pool.map(({ priceUsd, seconds, uptimePercent }) => {
    const ratios =
      weights.price * (priceUsd / cheapest - 1) +
      weights.uptime * (uptimePercent > 0 ? steadiest / uptimePercent - 1 : 1) +
      weights.throughput * (seconds / fastest - 1);
    return ratios / total + uptimePenalty(uptimePercent);
  });
}

/** 0 from 95 % on; 90 % → 0.07, 80 % → 0.62, 70 % → 1.73, 50 % → 5.61. */
export function uptimePenalty(uptimePercent: number): number {
  return uptimePercent >= 95 ? 0 : ((5 * (95 - uptimePercent)) / 95) ** 2;
}

/**
 * OmniRoute: inverse cost, latency and stability as shares of the pool's largest value; the highest
 * score wins. Its random draw among tiers is left out: it could only add changes of the winner.
 */
export function poolMaxScores(pool: readonly PeerCandidate[]): number[] {
  const dearest = Math.max(...pool.map((candidate) => candidate.priceUsd));
  const slowest = Math.max(...pool.map((candidate) => candidate.seconds));
  const widest = Math.max(...pool.map((candidate) => candidate.secondsDeviation));
  return pool.map(
    ({ priceUsd, seconds, secondsDeviation }) =>
      0.15 * (1 - priceUsd / dearest) +
      0.12 * (1 - seconds / slowest) +
      0.05 * (1 - secondsDeviation / widest),
  );
}

export function indexOfLowest(scores: readonly number[]): number {
  return scores.reduce((best, score, index) => (score < (scores[best] ?? score) ? index : best), 0);
}

export function indexOfHighest(scores: readonly number[]): number {
  return scores.reduce((best, score, index) => (score > (scores[best] ?? score) ? index : best), 0);
}
