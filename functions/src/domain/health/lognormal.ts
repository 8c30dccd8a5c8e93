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
