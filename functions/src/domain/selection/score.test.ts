import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { defaultPolicy, type factorNames, profileNames } from "../policy/policy.js";
import { qualities } from "../provider/model.js";
import { factorsOf, type ScoreInput, scoreOf } from "./score.js";

const neutral: ScoreInput = {
  successes: 0,
  failures: 0,
  priority: 1,
  askedQuality: "standard",
  offeredQuality: "standard",
  resolutionSteps: 0,
  costUsdMicros: 250_000,
  p50Seconds: 60,
  running: 0,
  allowed: null,
  preference: 0.5,
};

function factor(name: (typeof factorNames)[number], changes: Partial<ScoreInput>): number | undefined {
  return factorsOf({ ...neutral, ...changes }, defaultPolicy)[name];
}

describe("a factor", () => {
  it.each<[(typeof factorNames)[number], string, Partial<ScoreInput>, number]>([
    ["health", "the prior for a new model", {}, 0.95],
    ["health", "less after failures", { failures: 20 }, 19 / 40],
    ["health", "near 1, and never 1, after nothing but successes", { successes: 1_000 }, 1_019 / 1_020],
    ["health", "near 0, and never 0, after nothing but failures", { failures: 1_000 }, 19 / 1_020],
    ["priority", "1 for the first", {}, 1],
    ["priority", "0 for the tenth", { priority: 10 }, 0],
    ["quality", "1 for what was asked", {}, 1],
    ["quality", "a half for a tier too little", { offeredQuality: "draft" }, 0.5],
    ["quality", "three quarters for a tier too much", { offeredQuality: "premium" }, 0.75],
    ["quality", "three quarters for a step less resolution", { resolutionSteps: -1 }, 0.75],
    ["quality", "0 for two tiers too little", { askedQuality: "premium", offeredQuality: "draft" }, 0],
    ["cost", "1 at a cent", { costUsdMicros: 10_000 }, 1],
    ["cost", "1 for nothing", { costUsdMicros: 0 }, 1],
    ["cost", "a half half-way on the log scale", { costUsdMicros: 316_228 }, 0.5],
    ["cost", "0 at ten dollars", { costUsdMicros: 10_000_000 }, 0],
    ["latency", "a half at its half-life", { p50Seconds: 120 }, 0.5],
    ["load", "1 where no limit holds", { running: 99 }, 1],
    ["load", "what is free", { running: 3, allowed: 4 }, 0.25],
    ["preference", "the affinity", { preference: 0.8 }, 0.8],
  ])("%s is %s", (name, _meaning, changes, expected) => {
    expect(factor(name, changes)).toBeCloseTo(expected, 5);
  });

  it("and its score lie in [0, 1] for any number at all, also for what is not one", () => {
    const wild = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, -1, 1e308),
    );
    const input = fc.record({
      successes: wild,
      failures: wild,
      priority: wild,
      askedQuality: fc.constantFrom(...qualities),
      offeredQuality: fc.constantFrom(...qualities),
      resolutionSteps: wild,
      costUsdMicros: wild,
      p50Seconds: wild,
      running: wild,
      allowed: fc.option(wild, { nil: null }),
      preference: wild,
    });
    fc.assert(
      fc.property(input, fc.constantFrom(...profileNames), (some, profile) => {
        const factors = factorsOf(some, defaultPolicy);
        const all = [...Object.values(factors), scoreOf(factors, defaultPolicy.profiles[profile])];
        for (const value of all) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a score", () => {
  it("is 1 when every factor is 1, under every profile", () => {
    const best = factorsOf({ ...neutral, costUsdMicros: 0, p50Seconds: 0, preference: 1 }, defaultPolicy);
    for (const profile of profileNames) {
      expect(scoreOf({ ...best, health: 1 }, defaultPolicy.profiles[profile])).toBe(1);
    }
  });

  it("is 0, not NaN, when no factor has a weight", () => {
    const weightless = { health: 0, priority: 0, quality: 0, cost: 0, latency: 0, load: 0, preference: 0 };
    expect(scoreOf(factorsOf(neutral, defaultPolicy), weightless)).toBe(0);
  });
});
