import { type ErrorCode, errorPolicy } from "../errors.js";
import type { ProviderModel } from "../provider/model.js";

/** Sums that lose half their weight every `policy.health.halfLifeSeconds`. */
export interface ModelStats {
  readonly successes: number;
  readonly failures: number;
  /** Seconds from accepted start to finished file, summed over the successes. */
  readonly secondsSum: number;
  /** The time up to which the sums are decayed. */
  readonly at: number;
}

/** One thing that was learned about a model from real traffic. */
export interface Observation {
  readonly provider: string;
  readonly model: string;
  readonly outcome:
    | { readonly ok: true; readonly seconds: number }
    | { readonly ok: false; readonly code: ErrorCode };
}

/** How many observations the catalogue's own P50 is worth against real finish times. */
const priorWeight = 5;

/** What is summed up of a model, wherever it is kept until it counts. */
export type StatsSums = Pick<ModelStats, "successes" | "failures" | "secondsSum">;

export const noSums: StatsSums = { successes: 0, failures: 0, secondsSum: 0 };

/** What an observation adds. A failure that the circuits ignore says nothing of the model. */
export function sumsOf(outcome: Observation["outcome"]): StatsSums {
  if (outcome.ok) return { successes: 1, failures: 0, secondsSum: outcome.seconds };
  return errorPolicy(outcome.code).circuit === "ignore" ? noSums : { ...noSums, failures: 1 };
}

/** Adds an observation to decayed sums. */
export function addObservation(
  stats: ModelStats | undefined,
  outcome: Observation["outcome"],
  now: number,
  halfLifeSeconds: number,
): ModelStats {
  const old = decayed(stats, now, halfLifeSeconds);
  return { ...old, ...addSums(old, sumsOf(outcome)) };
}

export function addSums(one: StatsSums, other: StatsSums): StatsSums {
  return {
    successes: one.successes + other.successes,
    failures: one.failures + other.failures,
    secondsSum: one.secondsSum + other.secondsSum,
  };
}

export function decayed(stats: ModelStats | undefined, now: number, halfLifeSeconds: number): ModelStats {
  if (stats === undefined) return { ...noSums, at: now };
  const factor = 2 ** (-Math.max(0, now - stats.at) / (halfLifeSeconds * 1_000));
  return {
    successes: stats.successes * factor,
    failures: stats.failures * factor,
    secondsSum: stats.secondsSum * factor,
    at: Math.max(now, stats.at),
  };
}

/**
 * P50 and P90 from real finish times, pulled towards the catalogue's figure while they are few. Times
 * are summed up, so that it is the mean that is seen; the catalogue's spread tells how far it is above.
 */
export function typicalSeconds(model: ProviderModel, stats: ModelStats): { p50: number; p90: number } {
  const { p50, p90 } = model.typicalSeconds;
  const seen = stats.secondsSum / (p50 * meanOverP50({ p50, p90 }));
  const factor = (priorWeight + seen) / (priorWeight + stats.successes);
  return { p50: p50 * factor, p90: p90 * factor };
}

/** Generation times as lognormal distributions: what two quantiles say about the others. */
interface Quantiles {
  readonly p50: number;
  readonly p90: number;
}

/** Standard normal quantiles. */
const z90 = 1.2816;
const z99 = 2.3263;

/** Providers spread at least this much (sigma 0.4, 2026-11), whatever two estimates make it seem. */
const leastSpread = 0.4;

/** Sigma of the logarithm. */
function spreadOf({ p50, p90 }: Quantiles): number {
  return Math.log(p90 / p50) / z90;
}

/** By how much a few slow ones draw the mean above the P50. */
export function meanOverP50(quantiles: Quantiles): number {
  return Math.exp(spreadOf(quantiles) ** 2 / 2);
}

/** The time that one in a hundred exceeds. */
export function p99Of({ p50, p90 }: Quantiles): number {
  return p90 * Math.exp((z99 - z90) * Math.max(leastSpread, spreadOf({ p50, p90 })));
}
