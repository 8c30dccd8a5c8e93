import { describe, expect, it } from "@jest/globals";
import { defaultPolicy } from "../../../src/domain/policy/policy.js";
import { createChance } from "../../kit/chance.js";
import { percentile } from "../../kit/figures.js";
import { plainPolicies, runPlain, toDelivery } from "./plain-policies.js";
import { reliability } from "./reliability.js";
import { runEngine } from "./run-engine.js";
import { createWorld, drawSeconds, profile, startAt, syntheticProviders } from "./world.js";

describe("the reliability bench", () => {
  it("reports every policy, and ours ahead of those without memory", async () => {
    const result = await reliability.run({ seed: 1, quick: true });
    const { single, fallback, ours, oursHedged } = result.policies;
    expect(result.jobs).toBe(2_000);
    expect(ours.d10).toBeGreaterThan(single.d10);
    expect(ours.d10).toBeGreaterThanOrEqual(fallback.d10);
    for (const { d5, d10, d15, paidPerDelivered } of [ours, oursHedged]) {
      expect(d5).toBeLessThanOrEqual(d10);
      expect(d10).toBeLessThanOrEqual(d15);
      expect(paidPerDelivered).toBeGreaterThanOrEqual(1);
    }
    expect(reliability.table(result)).toContain("ours, hedged");
  });

  it("repeats its numbers for the same seed", async () => {
    const again = () => runEngine(createWorld(4, 300, 10_000), defaultPolicy, 900);
    expect(await again()).toEqual(await again());
  });

  it("ends every job", async () => {
    const world = createWorld(2, 500, 1_000);
    const results = await runEngine(world, defaultPolicy, 900);
    expect(results.filter((result) => result !== undefined)).toHaveLength(500);
  });
});

describe("the world of the reliability bench", () => {
  it.each(syntheticProviders)("has the catalogue times that $id shows", ({ spread, typicalSeconds }) => {
    const chance = createChance(7);
    const seconds = Array.from({ length: 50_000 }, () => drawSeconds(spread, chance));
    expect(percentile(seconds, 0.5) / typicalSeconds.p50).toBeCloseTo(1, 1);
    expect(percentile(seconds, 0.9) / typicalSeconds.p90).toBeCloseTo(1, 1);
  });

  it("has each provider down for as long as the profile says, and succeeds as often", () => {
    const world = createWorld(5, 100_000, 10 * 60_000);
    const share = (type: string) =>
      world.arrivals.filter((at, job) => world.outcome(job, 1, 0, at).type === type).length / 100_000;
    const { downShare, refusedWhenDown, successWhenUp } = profile;
    expect(share("refused")).toBeCloseTo(downShare * refusedWhenDown, 2);
    expect(share("failed")).toBeCloseTo((1 - downShare) * (1 - successWhenUp), 2);
  });

  it("gives a start the same outcome whoever sends it", () => {
    const [one, other] = [createWorld(6, 10, 1_000), createWorld(6, 10, 1_000)];
    expect(one.outcome(3, 2, 1, startAt)).toEqual(other.outcome(3, 2, 1, startAt));
    expect(one.outcome(3, 2, 1, startAt)).not.toEqual(one.outcome(4, 2, 1, startAt));
  });
});

describe("what was delivered", () => {
  it("counts what is billed in vain to what was delivered", () => {
    const results = [
      { seconds: 100, paid: 1 },
      { seconds: 700, paid: 2 },
      { seconds: null, paid: 1 },
      { seconds: null, paid: 0 },
    ];
    expect(toDelivery(results)).toMatchObject({ d5: 0.25, d10: 0.25, d15: 0.5, paidPerDelivered: 2 });
  });

  it("of a single attempt is what succeeds in time", () => {
    const results = runPlain(createWorld(8, 20_000, 600_000), plainPolicies.single);
    expect(toDelivery(results).d10).toBeCloseTo((1 - profile.downShare) * profile.successWhenUp, 2);
  });
});
