import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ratioDistance, ratios, ratioValue, resolutionSteps, resolutions } from "./resolution.js";

describe("the distance between ratios", () => {
  it("is 0 to itself and the same in both directions", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ratios), fc.constantFrom(...ratios), (a, b) => {
        expect(ratioDistance(a, b)).toBeCloseTo(ratioDistance(b, a), 12);
        expect(ratioDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });

  it("tells 16:9 and 4:3 apart by 0.29", () => {
    expect(ratioDistance("16:9", "4:3")).toBeCloseTo(0.29, 2);
    expect(ratioValue("21:9")).toBeCloseTo(7 / 3, 12);
  });
});

describe("the steps between resolutions", () => {
  it.each([
    ["720p", "720p", 0],
    ["720p", "1080p", 1],
    ["4k", "480p", -3],
  ] as const)("from %s to %s are %i", (from, to, steps) => {
    expect(resolutionSteps(from, to)).toBe(steps);
  });

  it("add up along the way", () => {
    const some = fc.constantFrom(...resolutions);
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        expect(resolutionSteps(a, b) + resolutionSteps(b, c)).toBe(resolutionSteps(a, c));
      }),
    );
  });
});
