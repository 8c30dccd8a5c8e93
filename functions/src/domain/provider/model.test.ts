import { describe, expect, it } from "@jest/globals";
import { costOf, type Price, type PricedShape } from "./model.js";

const shape: PricedShape = { resolution: "720p", audio: false, durationSeconds: 5 };
const perSecond: Price = {
  unit: "second",
  rates: [
    { resolution: "1080p", audio: true, usdMicros: 150_000 },
    { resolution: "1080p", usdMicros: 100_000 },
    { resolution: "720p", usdMicros: 50_000 },
  ],
};

describe("the cost of a generation", () => {
  it.each<[string, Price, Partial<PricedShape>, number | null]>([
    ["is the rate times the seconds", perSecond, {}, 250_000],
    ["is the first rate that matches", perSecond, { resolution: "1080p", audio: true }, 750_000],
    ["is a rate without conditions on sound", perSecond, { resolution: "1080p" }, 500_000],
    ["is null, not 0, when no rate matches", perSecond, { resolution: "4k" }, null],
    ["is null, not 0, when the price is unknown", { unit: "unknown" }, {}, null],
    [
      "is its upper bound when that is all that is known",
      { unit: "unknown", upperBoundUsdMicrosPerSecond: 80_000 },
      {},
      400_000,
    ],
    ["is one rate per output whatever the length", { unit: "output", rates: [{ usdMicros: 9 }] }, {}, 9],
    ["is null when the outputs have no rate", { unit: "output", rates: [] }, {}, null],
    [
      "is at least the minimum",
      { unit: "second", rates: [{ usdMicros: 10 }], minimumUsdMicros: 1_000 },
      {},
      1_000,
    ],
    [
      "is rounded up to a whole micro-dollar",
      { unit: "second", rates: [{ usdMicros: 3 }] },
      { durationSeconds: 1.1 },
      4,
    ],
  ])("%s", (_name, price, changes, expected) => {
    expect(costOf(price, { ...shape, ...changes })).toBe(expected);
  });
});
