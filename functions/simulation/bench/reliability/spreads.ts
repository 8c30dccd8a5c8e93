import type { Chance } from "../../kit/chance.js";

/** One way in which generations go: how many do, after what fixed time, and the median and spread of the rest. */
interface Component {
  readonly share: number;
  readonly offsetSeconds: number;
  readonly medianSeconds: number;
  readonly sigma: number;
}

export type Spread = readonly Component[];

function component(share: number, medianSeconds: number, sigma: number, offsetSeconds = 0): Component {
  return { share, offsetSeconds, medianSeconds, sigma };
}

/**
 * Times of generations that succeed, as mixtures of lognormals: most take the usual time, some twice
 * that, a few much longer. Fitted to public samples (2026-11); no vendor publishes a distribution.
 * P50 / P90 / P99 are 34 / 74 / 246, 105 / 193 / 388 and 152 / 217 / 540 seconds.
 */
export const spreads = {
  fast: [component(0.82, 32, 0.28), component(0.13, 80, 0.4), component(0.02, 240, 0.5)],
  middle: [component(0.82, 70, 0.3, 30), component(0.12, 170, 0.3, 30), component(0.03, 330, 0.3)],
  slow: [component(0.85, 148, 0.18), component(0.09, 235, 0.3), component(0.03, 480, 0.25)],
} as const satisfies Record<string, Spread>;

export function drawSeconds(spread: Spread, chance: Chance): number {
  const total = spread.reduce((sum, { share }) => sum + share, 0);
  let left = chance.next() * total;
  const drawn = spread.find(({ share }) => {
    left -= share;
    return left < 0;
  });
  const { offsetSeconds, medianSeconds, sigma } = drawn ?? spread[0] ?? component(1, 60, 0);
  return offsetSeconds + medianSeconds * Math.exp(sigma * chance.normal());
}

/** What fails at once: input that the vendor cannot use, a machine that does not come up. */
export function drawEarlySeconds(chance: Chance): number {
  return 4 * Math.exp(0.4 * chance.normal());
}
