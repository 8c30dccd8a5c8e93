import { describe, expect, it } from "@jest/globals";
import { exampleCatalogue, exampleModel, textMode } from "../__fixtures__/models.js";
import { textRequest } from "../__fixtures__/requests.js";
import { RequestError } from "../errors.js";
import { canonicalJson } from "../hash.js";
import { closedCircuit } from "../health/circuit.js";
import { emptyHealth, type HealthState } from "../health/health.js";
import { defaultPolicy } from "../policy/policy.js";
import { decide } from "./decision.js";
import { checkProviderNames, type SelectionContext, select } from "./selection.js";

const now = Date.UTC(2026, 10, 21);
const context: SelectionContext = {
  now,
  profile: "balanced",
  deadlineAt: null,
  failed: [],
  budgetLeftUsdMicros: null,
};
const acme = exampleModel();
const other = exampleModel({ provider: "other", price: { unit: "unknown" } });
const catalogue = exampleCatalogue([acme, other]);

function choose(changes: Record<string, unknown> = {}, health: Partial<HealthState> = {}) {
  const snapshot = { policy: defaultPolicy, health: { ...emptyHealth, ...health } };
  return select(catalogue, textRequest(changes), snapshot, context);
}

describe("a selection", () => {
  it("brings the request into the winner's shape, with its price and its adjustments", () => {
    const { winner } = choose({ durationSeconds: 7, resolution: "1080p" });
    expect(winner).toMatchObject({
      model: acme,
      plan: { model: "acme:clip-1", mode: "text", durationSeconds: 8, size: { width: 1920, height: 1080 } },
      costUsdMicros: 400_000,
      p50Seconds: 60,
      p90Seconds: 120,
    });
    expect(winner?.adjustments.map(({ field }) => field)).toEqual(["durationSeconds"]);
  });

  it("refuses a price that was never published instead of taking it for nothing", () => {
    expect(choose().record.decision.rejected).toMatchObject([
      { model: "other:clip-1", reason: "price_unknown" },
    ]);
  });

  it("takes an unknown price at its upper bound", () => {
    const bounded = exampleModel({ price: { unit: "unknown", upperBoundUsdMicrosPerSecond: 90_000 } });
    const snapshot = { policy: defaultPolicy, health: emptyHealth };
    const selection = select(exampleCatalogue([bounded]), textRequest(), snapshot, context);
    expect(selection.winner?.costUsdMicros).toBe(450_000);
  });

  it.each<[string, Partial<HealthState>, string]>([
    ["a switch of the provider", { switches: { acme: "drain" } }, "provider_draining"],
    ["a switch of the model", { switches: { "acme:clip-1": "off" } }, "provider_off"],
    ["a balance that does not cover it", { balances: { acme: 1 } }, "balance_too_low"],
    [
      "a circuit",
      { circuits: { acme: { ...closedCircuit, state: "open", openUntil: now + 60_000 } } },
      "circuit_open",
    ],
  ])("heeds %s", (_name, health, reason) => {
    expect(choose({}, health).record.decision.rejected).toContainEqual(
      expect.objectContaining({ model: "acme:clip-1", reason }),
    );
  });

  it("learns from real finish times", () => {
    const stats = { "acme:clip-1": { successes: 5, failures: 0, secondsSum: 100, at: now } };
    expect(choose({}, { stats }).winner?.p50Seconds).toBeLessThan(40);
    expect(choose({}, { stats }).winner?.p90Seconds).toBeLessThan(80);
  });

  it("heeds a deadline only when the caller named one", () => {
    const late = { ...context, deadlineAt: now + 30_000 };
    const snapshot = { policy: defaultPolicy, health: emptyHealth };
    expect(select(catalogue, textRequest(), snapshot, late).winner).not.toBeNull();
    const asked = select(catalogue, textRequest({ deadlineSeconds: 30 }), snapshot, late);
    expect(asked.record.decision.rejected[0]?.reason).toBe("deadline_unreachable");
  });

  it("can be replayed from its record alone", () => {
    const { record } = choose();
    const stored = JSON.parse(JSON.stringify(record));
    const again = decide(stored.question, stored.facts, defaultPolicy);
    expect(canonicalJson(again)).toBe(canonicalJson(record.decision));
  });

  it("uses the seed and the negative prompt only where the model takes them", () => {
    const able = exampleModel({ modes: { text: { ...textMode, seed: true, negativePrompt: true } } });
    const snapshot = { policy: defaultPolicy, health: emptyHealth };
    const request = textRequest({ seed: 7, negativePrompt: "rain" });
    const planOf = (model: typeof able) =>
      select(exampleCatalogue([model]), request, snapshot, context).winner?.plan;
    expect(planOf(able)).toMatchObject({ seed: 7, negativePrompt: "rain" });
    expect(planOf(acme)).not.toHaveProperty("seed");
    expect(planOf(acme)?.text).toContain("Avoid: rain.");
  });
});

describe("names in providers", () => {
  it.each(["only", "exclude", "prefer"] as const)("must be known: %s", (field) => {
    const request = textRequest({ providers: { [field]: ["acme", "nobody"] } });
    expect(() => checkProviderNames(catalogue, request)).toThrow(RequestError);
    expect(() => checkProviderNames(catalogue, request)).toThrow(
      `providers.${field}: unknown nobody; known are acme, other, acme:clip-1, other:clip-1`,
    );
  });

  it("may be of providers and of models, and both are chosen from", () => {
    const third = exampleModel({ provider: "third" });
    const wide = exampleCatalogue([acme, other, third]);
    const request = textRequest({ providers: { only: ["acme", "other:clip-1"] } });
    checkProviderNames(wide, request);
    const snapshot = { policy: defaultPolicy, health: emptyHealth };
    const { winner, record } = select(wide, request, snapshot, context);
    expect(winner?.model).toBe(acme);
    expect(record.decision.rejected).toMatchObject([
      { model: "other:clip-1", reason: "price_unknown" },
      { model: "third:clip-1", reason: "not_selected" },
    ]);
  });
});
