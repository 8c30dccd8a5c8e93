import type { UsdMicros } from "../money.js";
import type { FactorName, Policy, Weights } from "../policy/policy.js";
import { type Quality, qualities } from "../provider/model.js";

/** What a score is made of, already brought to this request. Missing knowledge is stated, not 0. */
export interface ScoreInput {
  readonly successes: number;
  readonly failures: number;
  /** 1 (first) to 10. */
  readonly priority: number;
  readonly askedQuality: Quality;
  readonly offeredQuality: Quality;
  /** Signed: negative is less resolution than asked. */
  readonly resolutionSteps: number;
  readonly costUsdMicros: UsdMicros;
  readonly p50Seconds: number;
  readonly running: number;
  /** `null` when the vendor queues on its own and no limit of ours holds. */
  readonly allowed: number | null;
  /** 0 avoids, 0.5 is neutral, 1 prefers. */
  readonly preference: number;
}

export type Factors = Record<FactorName, number>;

/**
 * Every factor is a number in [0, 1] on a fixed scale that looks at this candidate alone. That is
 * why a losing newcomer can never change who wins among the others.
 */
export function factorsOf(input: ScoreInput, policy: Policy): Factors {
  return {
    health: health(input, policy.health),
    priority: unit(1 - (input.priority - 1) / 9),
    quality: quality(input),
    cost: cost(input.costUsdMicros, policy.scales),
    latency: unit(2 ** (-Math.max(0, input.p50Seconds) / policy.scales.latencyHalfLifeSeconds)),
    load: input.allowed === null ? 1 : unit(1 - input.running / input.allowed),
    preference: unit(input.preference),
  };
}

/**
 * Weighted mean of the factors, in [0, 1]. Written out: a loop over the names makes a decision among
 * a hundred candidates take almost twice as long (`npm run bench -- selection`).
 */
export function scoreOf(factors: Factors, weights: Weights): number {
  const sum =
    weights.health * factors.health +
    weights.priority * factors.priority +
    weights.quality * factors.quality +
    weights.cost * factors.cost +
    weights.latency * factors.latency +
    weights.load * factors.load +
    weights.preference * factors.preference;
  const total =
    weights.health +
    weights.priority +
    weights.quality +
    weights.cost +
    weights.latency +
    weights.load +
    weights.preference;
  return total > 0 ? unit(sum / total) : 0;
}

/**
 * Beta mean of decayed successes and failures. A half-open circuit is not marked down here: it
 * admits one job anyway, and a model that cannot win that trial would never be let back in.
 */
function health(input: ScoreInput, prior: Policy["health"]): number {
  const good = Math.max(0, input.successes) + prior.priorSuccesses;
  const bad = Math.max(0, input.failures) + prior.priorFailures;
  return unit(good / (good + bad));
}

/** Too little hurts twice as much as too much; a step of resolution is half a tier. */
function quality(input: ScoreInput): number {
  const tiers = qualities.indexOf(input.offeredQuality) - qualities.indexOf(input.askedQuality);
  const missing = Math.max(0, -tiers) + Math.max(0, -input.resolutionSteps) / 2;
  const surplus = Math.max(0, tiers) + Math.max(0, input.resolutionSteps) / 2;
  return unit(1 - missing / 2 - surplus / 4);
}

/** Log scale: twice the price costs the same score wherever it happens. */
function cost(usdMicros: UsdMicros, scales: Policy["scales"]): number {
  const usd = usdMicros / 1_000_000;
  if (usd <= scales.cheapUsd) return 1;
  return unit(1 - Math.log(usd / scales.cheapUsd) / Math.log(scales.dearUsd / scales.cheapUsd));
}

/** Into [0, 1]; what is not a number is the worst. */
function unit(value: number): number {
  return value > 0 ? Math.min(value, 1) : 0;
}
