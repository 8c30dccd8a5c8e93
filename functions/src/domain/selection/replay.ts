import { canonicalJson } from "../hash.js";
import type { Policy, ProfileName } from "../policy/policy.js";
import type { ModeName } from "../provider/model.js";
import { compareWinners, outcomeOf, type WinnerChange, type WinnerComparison } from "./compare-winners.js";
import { type Decision, decide } from "./decision.js";
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

/** Which recorded question it was. */
interface AskedQuestion {
  /** Place of the record among the compared ones, 0 first. */
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
export function compareDecisions(records: Iterable<DecisionRecord>, draft: Policy): PolicyComparison {
  const { compared, ...changes } = compareWinners(answeredBy(draft, records));
  return { replayed: compared, ...changes };
}

function* answeredBy(draft: Policy, records: Iterable<DecisionRecord>) {
  let index = 0;
  for (const { question, facts, decision } of records) {
    const { now: askedAt, mode, profile } = question;
    const place: AskedQuestion = { index: index++, askedAt, mode, profile };
    yield { place, before: outcomeOf(decision), after: outcomeOf(decide(question, facts, draft)) };
  }
}
