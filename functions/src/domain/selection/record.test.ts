import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { sampleCalls, samplePolicies, wholeCatalogue } from "../../../simulation/kit/sample-traffic.js";
import { defaultPolicy, type Policy } from "../policy/policy.js";
import { compareDecisions } from "./comparison.js";
import { type DecisionRecord, replayDecision } from "./record.js";
import { select } from "./selection.js";

const catalogue = wholeCatalogue();
const policies = samplePolicies(catalogue);

function storedRecords(count: number): DecisionRecord[] {
  const calls = sampleCalls(catalogue, 5);
  return Array.from({ length: count }, () => {
    const { request, snapshot, context } = calls.next().value;
    return JSON.parse(JSON.stringify(select(catalogue, request, snapshot, context).record));
  });
}

function policyOf(record: DecisionRecord): Policy {
  return policies.find((policy) => policy.version === record.decision.policyVersion) ?? defaultPolicy;
}

const records = storedRecords(300);
const wonRecords = records.filter((record) => record.decision.winner !== null);

describe("a replayed decision", () => {
  it("has the same bytes as the one that was stored as JSON", () => {
    expect(records.filter((record) => !replayDecision(record, policyOf(record)).same)).toEqual([]);
  });

  it("has them also where it is older than the rules of today", () => {
    const earlier = readFileSync(new URL("./__fixtures__/earlier-decisions.jsonl", import.meta.url), "utf8")
      .trim()
      .split("\n")
      .map((line): DecisionRecord => JSON.parse(line));
    expect(earlier.length).toBeGreaterThan(10);
    const reasons = new Set(earlier.flatMap(({ decision }) => decision.rejected.map(({ reason }) => reason)));
    expect([...reasons]).toEqual(expect.arrayContaining(["key_missing", "provider_off", "kind_unsupported"]));
    expect(earlier.filter((record) => !replayDecision(record, policyOf(record)).same)).toEqual([]);
  });

  it("differs when the stored winner was changed", () => {
    const record = wonRecords[0] as DecisionRecord;
    const tampered = { ...record, decision: { ...record.decision, winner: "nobody:known" } };
    const replayed = replayDecision(tampered, policyOf(record));
    expect(replayed.same).toBe(false);
    expect(replayed.decision.winner).toBe(record.decision.winner);
  });

  it("differs when a fact of the winner was changed", () => {
    const record = wonRecords[0] as DecisionRecord;
    const facts = record.facts.map((candidate) =>
      candidate.model === record.decision.winner ? { ...candidate, costUsdMicros: 1 } : candidate,
    );
    expect(replayDecision({ ...record, facts }, policyOf(record)).same).toBe(false);
  });

  it("differs under a policy of another version", () => {
    const record = wonRecords[0] as DecisionRecord;
    expect(replayDecision(record, { ...policyOf(record), version: 99 }).same).toBe(false);
  });
});

describe("a draft policy compared with recorded decisions", () => {
  const recorded = wonRecords.filter((record) => record.decision.policyVersion === 0);
  const cheapest = defaultPolicy.profiles.cheapest;
  const onlyCost: Policy = {
    ...defaultPolicy,
    version: 7,
    profiles: { balanced: cheapest, cheapest, fastest: cheapest, best: cheapest },
  };

  it("changes nothing when only its version is new", () => {
    const same = compareDecisions(recorded, { ...defaultPolicy, version: 7 });
    expect(same).toEqual({ replayed: recorded.length, changed: [], costDeltaUsd: 0, secondsDelta: 0 });
  });

  it("lists the changed winners with what they would cost and how long they would take", () => {
    const { changed, replayed, costDeltaUsd } = compareDecisions(recorded, onlyCost);
    expect(replayed).toBe(recorded.length);
    expect(changed.length).toBeGreaterThan(0);
    for (const change of changed) {
      const before = recorded[change.index]?.decision.ranked ?? [];
      const [from, to] = [change.from, change.to].map((id) => before.find(({ model }) => model === id));
      expect(from?.model).toBe(before[0]?.model);
      expect(change.costDeltaUsd).toBeCloseTo(((to?.costUsdMicros ?? 0) - (from?.costUsdMicros ?? 0)) / 1e6);
      expect(change.secondsDelta).toBeCloseTo((to?.p50Seconds ?? 0) - (from?.p50Seconds ?? 0));
    }
    expect(costDeltaUsd).toBeLessThan(0);
  });

  it("gives no difference in cost where it leaves a request without a model", () => {
    const strict = { ...defaultPolicy.adjustments, longerSeconds: 0, longerFraction: 0, shorterSeconds: 0 };
    const draft = {
      ...defaultPolicy,
      adjustments: { ...strict, shorterFraction: 0, resolutionStepsUp: 0, resolutionStepsDown: 0 },
    };
    const lost = compareDecisions(recorded, draft).changed.filter((change) => change.to === null);
    expect(lost.length).toBeGreaterThan(0);
    expect(
      lost.every(({ costDeltaUsd, secondsDelta }) => costDeltaUsd === null && secondsDelta === null),
    ).toBe(true);
  });
});
