import { canonicalJson } from "../hash.js";
import { microsToUsd } from "../money.js";
import type { Policy, ProfileName } from "../policy/policy.js";
import type { ModeName } from "../provider/model.js";
import { type Decision, decide, type RankedCandidate } from "./decision.js";
import type { DecisionRecord } from "./selection.js";

export interface ReplayedDecision {
  /** Byte for byte, as canonical JSON. */
  readonly same: boolean;
  readonly decision: Decision;
}

/** Decides a recorded question again. `policy` is the one whose version the record names. */
export function replayDecision(record: DecisionRecord, policy: Policy): ReplayedDecision {
  const decision = decide(record.question, record.facts, policy);
  return { same: canonicalJson(decision) === canonicalJson(record.decision), decision };
}

/** A recorded question that another policy answers with another model. */
export interface ChangedWinner {
  /** Place of the record among the compared ones, 0 first. */
  readonly index: number;
  readonly askedAt: number;
  readonly mode: ModeName;
  readonly profile: ProfileName;
  readonly from: string | null;
  readonly to: string | null;
  /** Predicted for this one job; `null` when one of the two policies finds nobody. */
  readonly costDeltaUsd: number | null;
  readonly secondsDelta: number | null;
}

export interface PolicyComparison {
  readonly replayed: number;
  readonly changed: readonly ChangedWinner[];
  /** Predicted sums over the questions that both policies can answer. */
  readonly costDeltaUsd: number;
  readonly secondsDelta: number;
}

/** What a draft policy would have chosen instead, had it been in force. Nothing is written or sent. */
export function compareDecisions(records: Iterable<DecisionRecord>, draft: Policy): PolicyComparison {
  const changed: ChangedWinner[] = [];
  let replayed = 0;
  let costDeltaUsdMicros = 0;
  let secondsDelta = 0;
  for (const { question, facts, decision: recorded } of records) {
    const index = replayed++;
    const drafted = decide(question, facts, draft);
    if (drafted.winner === recorded.winner) continue;
    const delta = differenceOf(recorded.ranked[0], drafted.ranked[0]);
    costDeltaUsdMicros += delta?.usdMicros ?? 0;
    secondsDelta += delta?.seconds ?? 0;
    changed.push({
      index,
      askedAt: question.now,
      mode: question.mode,
      profile: question.profile,
      from: recorded.winner,
      to: drafted.winner,
      costDeltaUsd: delta === null ? null : microsToUsd(delta.usdMicros),
      secondsDelta: delta?.seconds ?? null,
    });
  }
  return { replayed, changed, costDeltaUsd: microsToUsd(costDeltaUsdMicros), secondsDelta };
}

function differenceOf(
  from: RankedCandidate | undefined,
  to: RankedCandidate | undefined,
): { usdMicros: number; seconds: number } | null {
  if (from === undefined || to === undefined) return null;
  return { usdMicros: to.costUsdMicros - from.costUsdMicros, seconds: to.p50Seconds - from.p50Seconds };
}
