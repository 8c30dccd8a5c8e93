import { describe, expect, it } from "@jest/globals";
import { createChance } from "../../kit/chance.js";
import { mean } from "../../kit/figures.js";
import { countFlips } from "./flips.js";
import { measureRegret } from "./regret.js";
import { selection } from "./selection.js";
import type { Truth } from "./world.js";
import { drawOutcome, expectedUtility, utility } from "./world.js";

describe("the selection bench", () => {
  it("reports times, changed winners and regret", async () => {
    const result = await selection.run({ seed: 1, quick: true });
    for (const times of [...Object.values(result.decision), ...Object.values(result.oneByOne)]) {
      expect(times.p50Us).toBeGreaterThan(0);
      expect(times.p99Us).toBeGreaterThanOrEqual(times.p50Us);
    }
    expect(result.flips.pools).toBe(2_000);
    expect(result.regret.oracleUsd).toBeGreaterThan(0);
    expect(selection.table(result)).toContain("LLM Gateway");
  });

  it("never sees a losing newcomer change our winner, and does see it with pool-relative scores", () => {
    const flips = countFlips(5_000, 9);
    expect(flips.ours).toBe(0);
    expect(flips.ratio).toBeGreaterThan(0);
    expect(flips.poolMax).toBeGreaterThan(flips.ratio);
  });

  it("repeats its worlds for the same seed and loses nothing less than nothing", () => {
    const regret = measureRegret(300, 1, 4);
    expect(measureRegret(300, 1, 4)).toEqual(regret);
    for (const loss of [regret.ours, regret.roundRobin, regret.priority, regret.ratio]) {
      expect(loss).toBeGreaterThanOrEqual(0);
    }
  });

  it.each([false, true])("expects what it draws on average (down: %s)", (down) => {
    const truth: Truth = {
      model: "a:1",
      provider: "a",
      priceUsd: 0.5,
      successProbability: 0.9,
      medianSeconds: 90,
      down,
    };
    const chance = createChance(2);
    const drawn = Array.from({ length: 40_000 }, () => {
      return utility(drawOutcome(truth, chance), truth.priceUsd);
    });
    expect(mean(drawn)).toBeCloseTo(expectedUtility(truth), 1);
  });
});
