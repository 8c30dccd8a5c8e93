import type { Chance } from "../../kit/chance.js";
import type { Chooser, Listing } from "./chooser.js";
import type { Outcome } from "./outcome.js";
import { indexOfLowest, ratioScores } from "./peer-scores.js";

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

/** Without any traffic: uptime 100 % as published, and the vendor's own word for the speed. */
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
