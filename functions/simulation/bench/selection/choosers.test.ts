import { describe, expect, it } from "@jest/globals";
import { indexOfHighest, indexOfLowest, poolMaxScores, ratioScores, uptimePenalty } from "./choosers.js";

const full = { secondsDeviation: 0, uptimePercent: 100 };

describe("the score of LLM Gateway", () => {
  it.each([
    [95, 0],
    [90, 0.07],
    [80, 0.62],
    [70, 1.73],
    [50, 5.61],
  ])("has the published penalty for an uptime of %d %%", (uptime, penalty) => {
    expect(uptimePenalty(uptime)).toBeCloseTo(penalty, 2);
  });

  it("is 0 for the cheapest and counts twice the price as 1, by weight", () => {
    const [cheap, dear] = ratioScores([
      { ...full, priceUsd: 0.5, seconds: 60 },
      { ...full, priceUsd: 1, seconds: 60 },
    ]);
    expect(cheap).toBe(0);
    expect(dear).toBeCloseTo(0.6 / 1.15);
  });

  it("prefers the steadier of two alike", () => {
    const alike = { priceUsd: 0.5, seconds: 60, secondsDeviation: 0 };
    const pool = [
      { ...alike, uptimePercent: 80 },
      { ...alike, uptimePercent: 99 },
    ];
    expect(indexOfLowest(ratioScores(pool))).toBe(1);
  });
});

describe("the score of OmniRoute", () => {
  const a = { priceUsd: 0.14, seconds: 220, secondsDeviation: 8.9, uptimePercent: 100 };
  const b = { priceUsd: 0.36, seconds: 28, secondsDeviation: 26.5, uptimePercent: 100 };
  const c = { priceUsd: 0.48, seconds: 169, secondsDeviation: 3.8, uptimePercent: 100 };

  it("turns A before B into B before A when C joins and loses", () => {
    expect(indexOfHighest(poolMaxScores([a, b]))).toBe(0);
    expect(indexOfHighest(poolMaxScores([a, b, c]))).toBe(1);
  });
});
