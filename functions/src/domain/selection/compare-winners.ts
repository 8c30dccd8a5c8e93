import { microsToUsd, type UsdMicros } from "../money.js";
import type { Decision } from "./decision.js";

/** What a decision comes to; cost and time are predicted, and `null` when it finds nobody. */
export interface Outcome {
  readonly winner: string | null;
  readonly costUsdMicros: UsdMicros | null;
  readonly p50Seconds: number | null;
}

/** One policy answers with another model than the other. */
export interface WinnerChange {
  readonly from: string | null;
  readonly to: string | null;
  /** Predicted for this one job; `null` when one of the two policies finds nobody. */
  readonly costDeltaUsd: number | null;
  readonly secondsDelta: number | null;
}

export interface WinnerComparison<Place> {
  readonly compared: number;
  readonly changed: readonly (Place & WinnerChange)[];
  /** Predicted sums over the changes that both policies can answer. */
  readonly costDeltaUsd: number;
  readonly secondsDelta: number;
}

interface Pair<Place> {
  /** What tells the decision from others in the report. */
  readonly place: Place;
  readonly before: Outcome;
  readonly after: Outcome;
}

export function compareWinners<Place extends object>(pairs: Iterable<Pair<Place>>): WinnerComparison<Place> {
  const changed: (Place & WinnerChange)[] = [];
  let compared = 0;
  let costDeltaUsdMicros = 0;
  let secondsDelta = 0;
  for (const { place, before, after } of pairs) {
    compared += 1;
    if (before.winner === after.winner) continue;
    const delta = differenceOf(before, after);
    costDeltaUsdMicros += delta?.usdMicros ?? 0;
    secondsDelta += delta?.seconds ?? 0;
    changed.push({
      ...place,
      from: before.winner,
      to: after.winner,
      costDeltaUsd: delta === null ? null : microsToUsd(delta.usdMicros),
      secondsDelta: delta?.seconds ?? null,
    });
  }
  return { compared, changed, costDeltaUsd: microsToUsd(costDeltaUsdMicros), secondsDelta };
}

export function outcomeOf({ winner, ranked }: Decision): Outcome {
  const first = ranked[0];
  return {
    winner,
    costUsdMicros: first?.costUsdMicros ?? null,
    p50Seconds: first?.p50Seconds ?? null,
  };
}

function differenceOf(before: Outcome, after: Outcome) {
  if (before.costUsdMicros === null || before.p50Seconds === null) return null;
  if (after.costUsdMicros === null || after.p50Seconds === null) return null;
  return {
    usdMicros: after.costUsdMicros - before.costUsdMicros,
    seconds: after.p50Seconds - before.p50Seconds,
  };
}
