import { canonicalJson, sha256 } from "../hash.js";
import type { DecisionRecord } from "./selection.js";

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
