import { microsToUsd, type UsdMicros } from "../money.js";
import type { Policy } from "../policy/policy.js";
import { type CandidateFacts, type Decision, decide, type Question } from "./decision.js";

/** What a policy that is only watched would have chosen in the same place. */
export interface ShadowDecision {
  readonly policyVersion: number;
  readonly winner: string | null;
  /** Of its winner; `null` when it finds nobody. */
  readonly costUsdMicros: UsdMicros | null;
  readonly p50Seconds: number | null;
}

/** The profile and the weight of old observations stay those of the live policy. */
export function decideInShadow(
  question: Question,
  facts: readonly CandidateFacts[],
  shadow: Policy,
): ShadowDecision {
  const { winner, policyVersion, ranked } = decide(question, facts, shadow);
  const first = ranked[0];
  return {
    policyVersion,
    winner,
    costUsdMicros: first?.costUsdMicros ?? null,
    p50Seconds: first?.p50Seconds ?? null,
  };
}

export interface ShadowReport {
  readonly policyVersion: number;
  /** Decisions that this shadow was present at. */
  readonly compared: number;
  readonly changed: readonly ShadowChange[];
  /** Predicted sums over the changes that both policies can answer. */
  readonly costDeltaUsd: number;
  readonly secondsDelta: number;
}

export interface ShadowChange {
  readonly jobId: string;
  readonly attempt: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly costDeltaUsd: number | null;
  readonly secondsDelta: number | null;
}

interface Watched {
  readonly jobId: string;
  readonly attempt: number;
  readonly record: { readonly decision: Decision; readonly shadow?: ShadowDecision };
}

/** What a shadow would have changed, from what was written down beside the real decisions. */
export function shadowReport(decisions: readonly Watched[], policyVersion: number): ShadowReport {
  let compared = 0;
  let costDeltaUsdMicros = 0;
  let secondsDelta = 0;
  const changed: ShadowChange[] = [];
  for (const { jobId, attempt, record } of decisions) {
    const { decision, shadow } = record;
    if (shadow?.policyVersion !== policyVersion) continue;
    compared += 1;
    if (shadow.winner === decision.winner) continue;
    const delta = differenceOf(decision, shadow);
    costDeltaUsdMicros += delta?.usdMicros ?? 0;
    secondsDelta += delta?.seconds ?? 0;
    changed.push({
      jobId,
      attempt,
      from: decision.winner,
      to: shadow.winner,
      costDeltaUsd: delta === null ? null : microsToUsd(delta.usdMicros),
      secondsDelta: delta?.seconds ?? null,
    });
  }
  return { policyVersion, compared, changed, costDeltaUsd: microsToUsd(costDeltaUsdMicros), secondsDelta };
}

function differenceOf({ ranked }: Decision, { costUsdMicros, p50Seconds }: ShadowDecision) {
  const first = ranked[0];
  if (first === undefined || costUsdMicros === null || p50Seconds === null) return null;
  return { usdMicros: costUsdMicros - first.costUsdMicros, seconds: p50Seconds - first.p50Seconds };
}
