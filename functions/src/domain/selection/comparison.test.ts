import { describe, expect, it } from "@jest/globals";
import { exampleCatalogue, exampleModel } from "../__fixtures__/models.js";
import { textRequest } from "../__fixtures__/requests.js";
import { emptyHealth } from "../health/health.js";
import { defaultPolicy, type Policy } from "../policy/policy.js";
import { shadowReport } from "./comparison.js";
import { type DecisionRecord, isAltered, sealDecision } from "./record.js";
import { select } from "./selection.js";

const dear = exampleModel({ price: { unit: "second", rates: [{ usdMicros: 200_000 }] } });
const cheap = exampleModel({
  provider: "other",
  quality: "draft",
  price: { unit: "second", rates: [{ usdMicros: 10_000 }] },
  typicalSeconds: { p50: 90, p90: 180 },
});
const catalogue = exampleCatalogue([dear, cheap]);
const forMoney: Policy = {
  ...defaultPolicy,
  version: 7,
  profiles: { ...defaultPolicy.profiles, best: defaultPolicy.profiles.cheapest },
};

function recordOf(shadow: Policy | null): DecisionRecord {
  const snapshot = { policy: defaultPolicy, health: emptyHealth, shadow };
  return select(catalogue, textRequest(), snapshot, {
    now: Date.UTC(2026, 10, 21),
    profile: "best",
    deadlineAt: null,
    failed: [],
    budgetLeftUsdMicros: null,
  }).record;
}

describe("a shadow policy", () => {
  it("is asked the same question, and decides nothing", () => {
    const record = recordOf(forMoney);
    expect(record.decision).toEqual(recordOf(null).decision);
    expect(record.decision).toMatchObject({ winner: dear.id, policyVersion: 0 });
    expect(record.shadow).toEqual({
      policyVersion: 7,
      winner: cheap.id,
      costUsdMicros: 50_000,
      p50Seconds: 90,
    });
  });

  it("leaves no trace in a record when there is none", () => {
    expect(recordOf(null)).not.toHaveProperty("shadow");
  });

  it("is reported with what it would have changed, and with nothing of an earlier one", () => {
    const decisions = [forMoney, { ...forMoney, version: 6 }, null, { ...defaultPolicy, version: 7 }].map(
      (shadow, index) => ({ jobId: `job-${index}`, attempt: 1, record: recordOf(shadow) }),
    );
    const change = { costDeltaUsd: -0.95, secondsDelta: 30 };
    expect(shadowReport(decisions, 7)).toEqual({
      policyVersion: 7,
      compared: 2,
      changed: [{ jobId: "job-0", attempt: 1, from: dear.id, to: cheap.id, ...change }],
      ...change,
    });
  });

  it("that finds nobody is a change without a price", () => {
    const nobody = { policyVersion: 7, winner: null, costUsdMicros: null, p50Seconds: null };
    const report = shadowReport(
      [{ jobId: "job", attempt: 1, record: { ...recordOf(null), shadow: nobody } }],
      7,
    );
    expect(report).toMatchObject({ compared: 1, costDeltaUsd: 0, secondsDelta: 0 });
    expect(report.changed).toMatchObject([{ to: null, costDeltaUsd: null, secondsDelta: null }]);
  });
});

describe("the seal of a stored decision", () => {
  const sealed = sealDecision(recordOf(forMoney));

  it("holds after the record went through a database", () => {
    expect(isAltered(JSON.parse(JSON.stringify(sealed)))).toBe(false);
    expect(isAltered(recordOf(null))).toBe(false);
  });

  it.each<[string, Partial<DecisionRecord>]>([
    ["a fact", { facts: sealed.facts.map((fact) => ({ ...fact, costUsdMicros: 1 })) }],
    ["the question", { question: { ...sealed.question, exclude: ["acme"] } }],
    ["the version of the policy", { decision: { ...sealed.decision, policyVersion: 1 } }],
  ])("shows that %s was changed", (_name, changes) => {
    expect(isAltered({ ...sealed, ...changes })).toBe(true);
  });
});
