import { beforeAll, describe, expect, it } from "@jest/globals";
import { defaultPolicy, type Policy } from "../../../src/domain/policy/policy.js";
import { type MarginResult, margin } from "./margin.js";
import { isWorse, searchStrategies } from "./search.js";
import { playStrategy, type RequestName, type Strategy } from "./strategy.js";

const seed = 1;

function flood(request: RequestName, count: number): Strategy {
  return [{ user: 0, move: { type: "create", request, count } }];
}

describe("the margin bench", () => {
  let result: MarginResult;

  beforeAll(async () => {
    result = await margin.run({ seed, quick: true });
  });

  it("finds no shape and no strategy that costs more than a credit is worth", () => {
    expect(result).toMatchObject({ met: true, goal: 0.05, usdPerCreditWorth: 0.05 });
    expect(result.usdPerCredit.max).toBeLessThanOrEqual(0.05);
    expect(result.worst.usdPerCredit).toBeLessThanOrEqual(0.05);
    expect(result.shapes).toBeGreaterThan(500);
  });

  it("names the strategy in words, with what it cost and what it spent", () => {
    expect(result.worst.strategy).toMatch(/^ada creates \d+ /);
    expect(result.worst.vendorUsd).toBeGreaterThan(0);
    expect(result.worst.creditsSpent).toBeGreaterThan(0);
    expect(margin.table(result)).toContain("The goal, at most the worth, is met.");
  });

  it("tries as many strategies as it is asked to, and the same ones for a seed", async () => {
    const [one, other] = [await margin.run({ seed, quick: true, strategies: 3 }), result];
    expect([one.strategies, other.strategies]).toEqual([3, 40]);
    const again = await margin.run({ seed, quick: true, strategies: 3 });
    expect(again).toEqual(one);
  });

  it("finds a policy out under which cancelling is free, and says so without a number", async () => {
    const policy: Policy = {
      ...defaultPolicy,
      cancellation: { ...defaultPolicy.cancellation, charge: "nothing" },
    };
    const results = await searchStrategies(policy, seed, 40);
    const worst = results.reduce((one, other) => (isWorse(other, one) ? other : one));
    expect(worst).toMatchObject({ usdPerCredit: null, creditsSpent: 0 });
    expect(worst.vendorUsd).toBeGreaterThan(0);
  });

  it.each<RequestName>(["long", "hurriedLong", "hurriedScene", "hurried"])(
    "lets nobody have many of them made in vain at once: %s",
    async (request) => {
      const { usdPerCredit } = await playStrategy(flood(request, 20), defaultPolicy, seed);
      expect(usdPerCredit).toBeLessThanOrEqual(0.05);
    },
  );
});
