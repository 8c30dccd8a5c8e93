/** Numbers in [0, 1) that repeat for the same seed (mulberry32). For simulations, not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}

/** Seeded draws for synthetic worlds; the same seed gives the same world. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** Whole number in [0, end). */
  below(end: number): number;
  between(low: number, high: number): number;
  /** As many draws between 1 and 2 as between 2 and 4. */
  logBetween(low: number, high: number): number;
  /** Waiting time of something that happens every `mean` on average. */
  exponential(mean: number): number;
  normal(): number;
  happens(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

export function createChance(seed: number): Chance {
  const next = seededRandom(seed);
  const between = (low: number, high: number) => low + (high - low) * next();
  return {
    next,
    between,
    below: (end) => Math.floor(next() * end),
    logBetween: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    exponential: (mean) => -mean * Math.log(1 - next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    happens: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
  };
}
