import { describe, expect, it } from "@jest/globals";
import { select } from "../../src/domain/selection/selection.js";
import { sampleCalls, wholeCatalogue } from "./sample-traffic.js";

const catalogue = wholeCatalogue();

function take(count: number, seed: number) {
  const calls = sampleCalls(catalogue, seed);
  return Array.from({ length: count }, () => calls.next().value);
}

describe("the sample traffic", () => {
  const records = take(1_000, 3).map(
    ({ request, snapshot, context }) => select(catalogue, request, snapshot, context).record,
  );

  it("is the same for the same seed, and another for another", () => {
    expect(take(20, 3)).toEqual(take(20, 3));
    expect(take(20, 3)).not.toEqual(take(20, 4));
  });

  it("asks for every kind of video in every profile", () => {
    const modes = new Set(records.map((record) => record.question.mode));
    expect([...modes].sort()).toEqual(["avatar", "frames", "image", "photo", "text"]);
    const profiles = new Set(records.map((record) => record.question.profile));
    expect([...profiles].sort()).toEqual(["balanced", "best", "cheapest", "fastest"]);
  });

  it("meets circuits in every state", () => {
    const states = new Set(records.flatMap((record) => record.facts.map((facts) => facts.circuit)));
    expect([...states].sort()).toEqual(["closed", "half_open", "isolated", "open"]);
  });

  it("meets nearly every reason to turn a candidate away", () => {
    const reasons = new Set(
      records.flatMap((record) => record.decision.rejected.map(({ reason }) => reason)),
    );
    const expected = ["not_selected", "excluded", "provider_off", "provider_draining", "kind_unsupported"];
    expected.push("already_failed", "circuit_isolated", "circuit_open", "trial_taken", "over_max_cost");
    expected.push("balance_too_low", "budget_exceeded", "deadline_unreachable", "duration_unsupported");
    expect(expected.filter((reason) => !new Set<string>(reasons).has(reason))).toEqual([]);
  });

  it("finds a model for most requests, from every vendor", () => {
    const winners = records.flatMap((record) => record.decision.winner ?? []);
    expect(winners.length).toBeGreaterThan(records.length / 2);
    expect(new Set(winners.map((id) => id.split(":")[0])).size).toBe(catalogue.providers.length);
  });
});
