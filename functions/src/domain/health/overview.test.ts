import { describe, expect, it } from "@jest/globals";
import { exampleCatalogue, exampleModel } from "../__fixtures__/models.js";
import { defaultPolicy } from "../policy/policy.js";
import { closedCircuit } from "./circuit.js";
import { emptyHealth, type HealthState, strictestSwitch } from "./health.js";
import { providerOverviews } from "./overview.js";
import { meanOverP50 } from "./stats.js";

const now = Date.UTC(2026, 10, 21);
const models = [
  exampleModel(),
  exampleModel({ name: "clip-2", price: { unit: "unknown" }, availableUntil: "2027-01-20", concurrency: 4 }),
  exampleModel({ name: "clip-3", availableUntil: "2027-01-21" }),
];
const catalogue = { ...exampleCatalogue(models), labels: { acme: "Acme" } };

function overview(health: Partial<HealthState> = {}) {
  return providerOverviews(catalogue, { ...emptyHealth, ...health }, defaultPolicy, now)[0];
}

describe("the overview of a provider", () => {
  it("tells of a provider that was never used only what the catalogue knows", () => {
    expect(overview()).toMatchObject({
      id: "acme",
      label: "Acme",
      configured: true,
      switch: "on",
      circuit: { state: "closed", openUntil: null, lastFailure: null, consecutiveFailures: 0, openings: 0 },
      successRate: null,
      observations: 0,
      running: 0,
      balanceUsd: null,
      pricesUnknown: ["acme:clip-2"],
    });
  });

  it("lists the models that end within sixty days, the sixtieth included", () => {
    expect(overview()?.ending).toEqual([{ model: "acme:clip-2", availableUntil: "2027-01-20" }]);
  });

  it("weighs what was seen by its age, and adds up the models", () => {
    const halfLifeMs = defaultPolicy.health.halfLifeSeconds * 1_000;
    const shown = overview({
      stats: {
        "acme:clip-1": { successes: 4, failures: 2, secondsSum: 400, at: now - halfLifeMs },
        "acme:clip-2": { successes: 1, failures: 0, secondsSum: 30, at: now },
      },
      running: { "acme:clip-1": 2, "acme:clip-2": 1 },
      balances: { acme: 5_250_000 },
    });
    expect(shown).toMatchObject({ successRate: 0.75, observations: 4, running: 3, balanceUsd: 5.25 });
    expect(shown?.models[0]).toMatchObject({ observations: 3, running: 2, allowed: null });
    // Five times the catalogue's minute, and two of a hundred seconds on average.
    const seen = 100 / meanOverP50({ p50: 60, p90: 120 });
    expect(shown?.models[0]?.typicalSeconds.p50).toBeCloseTo((5 * 60 + 2 * seen) / 7);
    expect(shown?.models[1]).toMatchObject({ successRate: 1, allowed: 4 });
  });

  it("tells since when and why a circuit is open, and when it is half-open", () => {
    const open = {
      ...closedCircuit,
      state: "open" as const,
      openUntil: now + 60_000,
      lastFailure: "timeout" as const,
      openings: 2,
      consecutiveFailures: 3,
    };
    const shown = overview({ circuits: { acme: open, "acme:clip-1": { ...open, openUntil: now } } });
    expect(shown?.circuit).toEqual({
      state: "open",
      openUntil: now + 60_000,
      lastFailure: "timeout",
      consecutiveFailures: 3,
      openings: 2,
    });
    expect(shown?.models[0]?.circuit).toMatchObject({ state: "half_open", openUntil: null });
  });
});

describe("two switches over one model", () => {
  it.each([
    ["off", "on", "off"],
    ["on", "off", "off"],
    ["drain", "on", "drain"],
    ["on", "drain", "drain"],
    ["drain", "off", "off"],
    ["on", "on", "on"],
  ] as const)("are taken at the stricter: provider %s, model %s", (provider, model, expected) => {
    const health = { ...emptyHealth, switches: { acme: provider, "acme:clip-1": model } };
    expect(strictestSwitch(health, exampleModel())).toBe(expected);
  });
});
