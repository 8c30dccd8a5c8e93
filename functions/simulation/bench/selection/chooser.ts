import type { Outcome } from "./outcome.js";

/** What is public about a model at any time. */
export interface Listing {
  readonly model: string;
  readonly provider: string;
  readonly priceUsd: number;
  /** The vendor's word for its speed when the world began. */
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
