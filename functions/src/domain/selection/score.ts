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
  /** How far it is from the shape that was asked for; absent in decisions of the first rules. */
  readonly deviation?: number;
}

/** Decisions of the first rules have no fidelity. */
export type Factors = Record<Exclude<FactorName, "fidelity">, number> & { readonly fidelity?: number };

/** What is made instead of what was asked for. */
export interface Deviation {
  readonly askedSeconds: number;
  readonly secondsDelta: number;
  readonly ratioDistance: number;
  /** Signed: negative is less resolution than asked. */
  readonly resolutionSteps: number;
  readonly pixelDistance: number;
}

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
    ...(input.deviation === undefined ? {} : { fidelity: unit(2 ** (-input.deviation / halvingDeviation)) }),
  };
}

/** At this deviation the fidelity is a half: a length that is a fifth too short. */
const halvingDeviation = 0.4;

/**
 * How far a shape is from what was asked for, 0 for exactly that: length as a share of what was asked,
 * ratio and pixels on a log scale, and a fifth for a step of resolution. Too little, and another ratio,
 * count twice.
 */
export function deviationOf(shape: Deviation): number {
  const { secondsDelta, resolutionSteps } = shape;
  const asked = Math.max(1, shape.askedSeconds);
  const length = secondsDelta < 0 ? (-2 * secondsDelta) / asked : secondsDelta / asked;
  const resolution = resolutionSteps < 0 ? -0.4 * resolutionSteps : 0.2 * resolutionSteps;
  return length + resolution + 2 * shape.ratioDistance + shape.pixelDistance;
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
  if (factors.fidelity === undefined) return total > 0 ? unit(sum / total) : 0;
  const fidelity = weights.fidelity ?? total / 10;
  return total + fidelity > 0 ? unit((sum + fidelity * factors.fidelity) / (total + fidelity)) : 0;
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
