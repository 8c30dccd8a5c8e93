import { canonicalJson, sha256 } from "../hash.js";
import type { Policy } from "../policy/policy.js";
import type { ShadowDecision } from "./comparison.js";
import { type CandidateFacts, type Decision, decide, type Question } from "./decision.js";

/** All that a decision was made from; with the policy of its version it can be replayed. */
export interface DecisionRecord {
  readonly question: Question;
  readonly facts: readonly CandidateFacts[];
  readonly decision: Decision;
  /** Absent when no policy was watched. */
  readonly shadow?: ShadowDecision;
  /** Set when the record is stored; see `sealDecision`. */
  readonly hash?: string;
}

/** The record as it is stored: with a hash over all that decided, so that a later change shows. */
export function sealDecision(record: DecisionRecord): DecisionRecord {
  return { ...record, hash: hashOf(record) };
}

/** Was the record changed after it was stored? One without a hash was never sealed. */
export function isAltered(record: DecisionRecord): boolean {
  return record.hash !== undefined && record.hash !== hashOf(record);
}

/** The decision itself is left out: with the policy of its version it follows from the rest. */
function hashOf({ question, facts, decision }: DecisionRecord): string {
  return sha256(canonicalJson({ question, facts, policyVersion: decision.policyVersion }));
}

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
