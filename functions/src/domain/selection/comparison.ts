import { microsToUsd, type UsdMicros } from "../money.js";
import type { Policy, ProfileName } from "../policy/policy.js";
import type { ModeName } from "../provider/model.js";
import { type CandidateFacts, type Decision, decide, type Question } from "./decision.js";

/** What a decision comes to; cost and time are predicted, and `null` when it finds nobody. */
export interface Prediction {
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

export interface WinnerComparison<Identity> {
  readonly compared: number;
  readonly changed: readonly (Identity & WinnerChange)[];
  /** Predicted sums over the changes that both policies can answer. */
  readonly costDeltaUsd: number;
  readonly secondsDelta: number;
}

interface Pair<Identity> {
  /** What tells the decision from others in the report. */
  readonly identity: Identity;
  readonly before: Prediction;
  readonly after: Prediction;
}

export function compareWinners<Identity extends object>(
  pairs: Iterable<Pair<Identity>>,
): WinnerComparison<Identity> {
  const changed: (Identity & WinnerChange)[] = [];
  let compared = 0;
  let costDeltaUsdMicros = 0;
  let secondsDelta = 0;
  for (const { identity, before, after } of pairs) {
    compared += 1;
    if (before.winner === after.winner) continue;
    const delta = differenceOf(before, after);
    costDeltaUsdMicros += delta?.usdMicros ?? 0;
    secondsDelta += delta?.seconds ?? 0;
    changed.push({
      ...identity,
      from: before.winner,
      to: after.winner,
      costDeltaUsd: delta === null ? null : microsToUsd(delta.usdMicros),
      secondsDelta: delta?.seconds ?? null,
    });
  }
  return { compared, changed, costDeltaUsd: microsToUsd(costDeltaUsdMicros), secondsDelta };
}

export function predictionOf({ winner, ranked }: Decision): Prediction {
  const first = ranked[0];
  return {
    winner,
    costUsdMicros: first?.costUsdMicros ?? null,
    p50Seconds: first?.p50Seconds ?? null,
  };
}

function differenceOf(before: Prediction, after: Prediction) {
  if (before.costUsdMicros === null || before.p50Seconds === null) return null;
  if (after.costUsdMicros === null || after.p50Seconds === null) return null;
  return {
    usdMicros: after.costUsdMicros - before.costUsdMicros,
    seconds: after.p50Seconds - before.p50Seconds,
  };
}

/** What a policy that is only watched would have chosen in the same identity. */
export interface ShadowDecision extends Prediction {
  readonly policyVersion: number;
}

/** The profile and the weight of old observations stay those of the live policy. */
export function decideInShadow(
  question: Question,
  facts: readonly CandidateFacts[],
  shadow: Policy,
): ShadowDecision {
  const decision = decide(question, facts, shadow);
  return { policyVersion: decision.policyVersion, ...predictionOf(decision) };
}

/** Which start it was. */
interface WatchedStart {
  readonly jobId: string;
  readonly attempt: number;
}

interface Watched extends WatchedStart {
  readonly record: { readonly decision: Decision; readonly shadow?: ShadowDecision };
}

/** Only decisions that this shadow was present at are compared. */
export interface ShadowReport extends WinnerComparison<WatchedStart> {
  readonly policyVersion: number;
}

/** What a shadow would have changed, from what was written down beside the real decisions. */
export function shadowReport(decisions: readonly Watched[], policyVersion: number): ShadowReport {
  const pairs = decisions.flatMap(({ jobId, attempt, record: { decision, shadow } }) =>
    shadow?.policyVersion === policyVersion
      ? [{ identity: { jobId, attempt }, before: predictionOf(decision), after: shadow }]
      : [],
  );
  return { policyVersion, ...compareWinners(pairs) };
}

/** What a comparison reads of a recorded decision. */
interface Decided {
  readonly question: Question;
  readonly facts: readonly CandidateFacts[];
  readonly decision: Decision;
}

/** Which recorded question it was. */
interface AskedQuestion {
  /** Identity of the record among the compared ones, 0 first. */
  readonly index: number;
  readonly askedAt: number;
  readonly mode: ModeName;
  readonly profile: ProfileName;
}

/** A recorded question that another policy answers with another model. */
export type ChangedWinner = AskedQuestion & WinnerChange;

export interface PolicyComparison extends Omit<WinnerComparison<AskedQuestion>, "compared"> {
  readonly replayed: number;
}

/** What a draft policy would have chosen instead, had it been in force. Nothing is written or sent. */
export function compareDecisions(records: Iterable<Decided>, draft: Policy): PolicyComparison {
  const { compared, ...changes } = compareWinners(answeredBy(draft, records));
  return { replayed: compared, ...changes };
}

function* answeredBy(draft: Policy, records: Iterable<Decided>) {
  let index = 0;
  for (const { question, facts, decision } of records) {
    const { now: askedAt, mode, profile } = question;
    const identity: AskedQuestion = { index: index++, askedAt, mode, profile };
    yield { identity, before: predictionOf(decision), after: predictionOf(decide(question, facts, draft)) };
  }
}
