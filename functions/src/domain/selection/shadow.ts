import type { Policy } from "../policy/policy.js";
import { compareWinners, type Outcome, outcomeOf, type WinnerComparison } from "./compare-winners.js";
import { type CandidateFacts, type Decision, decide, type Question } from "./decision.js";

/** What a policy that is only watched would have chosen in the same place. */
export interface ShadowDecision extends Outcome {
  readonly policyVersion: number;
}

/** The profile and the weight of old observations stay those of the live policy. */
export function decideInShadow(
  question: Question,
  facts: readonly CandidateFacts[],
  shadow: Policy,
): ShadowDecision {
  const decision = decide(question, facts, shadow);
  return { policyVersion: decision.policyVersion, ...outcomeOf(decision) };
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
      ? [{ place: { jobId, attempt }, before: outcomeOf(decision), after: shadow }]
      : [],
  );
  return { policyVersion, ...compareWinners(pairs) };
}
