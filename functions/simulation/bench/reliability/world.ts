import { type Chance, createChance } from "../../kit/chance.js";

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
const spreads = {
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
function drawEarlySeconds(chance: Chance): number {
  return 4 * Math.exp(0.4 * chance.normal());
}

/** A provider of the standard fault profile. `p50` and `p90` are what its catalogue row says. */
export interface SyntheticProvider {
  readonly id: string;
  readonly spread: Spread;
  readonly typicalSeconds: { readonly p50: number; readonly p90: number };
}

export const syntheticProviders: readonly [SyntheticProvider, SyntheticProvider, SyntheticProvider] = [
  { id: "north", spread: spreads.fast, typicalSeconds: { p50: 34, p90: 74 } },
  { id: "east", spread: spreads.middle, typicalSeconds: { p50: 105, p90: 193 } },
  { id: "south", spread: spreads.slow, typicalSeconds: { p50: 152, p90: 217 } },
];

/** The standard fault profile. Outages come independently and last this long on average. */
export const profile = {
  successWhenUp: 0.968,
  downShare: 0.033,
  outageMinutes: 30,
  /** Of the starts during an outage; the rest succeeds, slowly. */
  refusedWhenDown: 0.7,
  stuckWhenDown: 0.2,
  slowFactor: 3,
  /** Of the failures when up; the rest fails when it would have been finished. */
  failsAtOnce: 0.5,
} as const;

/** How one start ends. */
export type StartOutcome =
  | { readonly type: "refused" }
  | { readonly type: "stuck" }
  | { readonly type: "failed" | "succeeded"; readonly seconds: number };

export interface World {
  /** When jobs arrive, in order. */
  readonly arrivals: readonly number[];
  /** The outcome of the `start`th start that a job sends to a provider, whoever sends it. */
  outcome(job: number, provider: number, start: number, at: number): StartOutcome;
}

const minuteMs = 60_000;
/** Long enough after the last arrival for every job to end. */
const afterwardsMs = 120 * minuteMs;
export const startAt = Date.UTC(2026, 10, 1);

/** Poisson arrivals, and outages that every policy meets alike. */
export function createWorld(seed: number, jobs: number, meanGapMs: number): World {
  const chance = createChance(mixed(seed, 1, 0, 0));
  const arrivals: number[] = [];
  let at = startAt;
  for (let job = 0; job < jobs; job += 1) {
    at += chance.exponential(meanGapMs);
    arrivals.push(Math.round(at));
  }
  const outages = syntheticProviders.map((_, index) =>
    drawOutages(createChance(mixed(seed, 2, index, 0)), at + afterwardsMs),
  );
  return {
    arrivals,
    outcome(job, provider, start, time) {
      const spread = syntheticProviders[provider]?.spread ?? spreads.slow;
      const own = createChance(mixed(seed, 3 + job, provider, start));
      return drawOutcome(own, spread, isWithin(outages[provider] ?? [], time));
    },
  };
}

function drawOutcome(chance: Chance, spread: Spread, down: boolean): StartOutcome {
  const draw = chance.next();
  const seconds = drawSeconds(spread, chance);
  if (!down) {
    if (draw < profile.successWhenUp) return { type: "succeeded", seconds };
    const atOnce = chance.happens(profile.failsAtOnce);
    return { type: "failed", seconds: atOnce ? drawEarlySeconds(chance) : seconds };
  }
  if (draw < profile.refusedWhenDown) return { type: "refused" };
  if (draw < profile.refusedWhenDown + profile.stuckWhenDown) return { type: "stuck" };
  return { type: "succeeded", seconds: seconds * profile.slowFactor };
}

type Outage = readonly [from: number, to: number];

function drawOutages(chance: Chance, end: number): Outage[] {
  const outageMs = profile.outageMinutes * minuteMs;
  const upMs = (outageMs * (1 - profile.downShare)) / profile.downShare;
  const outages: Outage[] = [];
  // An installation that begins during an outage is as likely as any other moment in one.
  let at = startAt + (chance.happens(profile.downShare) ? 0 : chance.exponential(upMs));
  while (at < end) {
    const to = at + chance.exponential(outageMs);
    outages.push([at, to]);
    at = to + chance.exponential(upMs);
  }
  return outages;
}

function isWithin(outages: readonly Outage[], time: number): boolean {
  let low = 0;
  let high = outages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((outages[middle]?.[0] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return time < (outages[low - 1]?.[1] ?? 0);
}

/** Neighbouring numbers give unrelated seeds (finalizer of MurmurHash3). */
function mixed(...parts: readonly number[]): number {
  let hash = 0x9747b28c;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}
