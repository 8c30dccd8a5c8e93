import { describe, expect, it } from "@jest/globals";
import { exampleCatalogue, exampleModel } from "../__fixtures__/models.js";
import { type AttemptCost, driftReport } from "./drift.js";

const catalogue = exampleCatalogue([exampleModel()]);

function costs(count: number, changes: Partial<AttemptCost> = {}): AttemptCost[] {
  return Array.from({ length: count }, (_, index) => ({
    jobId: `job-${index}`,
    number: 1,
    provider: "acme",
    model: "acme:clip-1",
    listedCostUsdMicros: 250_000,
    costUsdMicros: 250_000,
    wasted: false,
    endedAt: 1_000 + index,
    ...changes,
  }));
}

describe("a drift report", () => {
  it("compares bills with the price table, model by model, the largest deviation first", () => {
    const report = driftReport(
      [...costs(5), ...costs(5, { model: "acme:clip-2", costUsdMicros: 300_000 })],
      catalogue,
    );
    expect(report.models).toMatchObject([
      { model: "acme:clip-2", attempts: 5, billed: 5, listedUsd: 1.25, billedUsd: 1.5, deviates: true },
      { model: "acme:clip-1", ratio: 1, deviates: false },
    ]);
    expect(report.models[0]?.ratio).toBeCloseTo(1.2);
  });

  it.each<[string, AttemptCost[], boolean]>([
    ["a tenth off", costs(5, { costUsdMicros: 275_000 }), false],
    ["more than a tenth too dear", costs(5, { costUsdMicros: 276_000 }), true],
    ["more than a tenth too cheap", costs(5, { costUsdMicros: 220_000 }), true],
    ["far off, but only four times", costs(4, { costUsdMicros: 500_000 }), false],
  ])("sees whether a price is wrong when bills are %s", (_name, list, deviates) => {
    expect(driftReport(list, catalogue).models[0]?.deviates).toBe(deviates);
  });

  it("leaves out of the comparison what nobody billed", () => {
    const unbilled = [...costs(3, { costUsdMicros: null }), ...costs(4, { costUsdMicros: 0 })];
    expect(driftReport(unbilled, catalogue).models).toMatchObject([
      { attempts: 7, billed: 0, ratio: null, deviates: false },
    ]);
  });

  it("tells what was paid in vain", () => {
    const report = driftReport([...costs(3), ...costs(1, { wasted: true, costUsdMicros: null })], catalogue);
    expect(report.wasteRatio).toBe(0.25);
    expect(report.models).toMatchObject([{ wasted: 1, wastedUsd: 0.25 }]);
    expect(driftReport([], catalogue)).toMatchObject({ attempts: 0, models: [], wasteRatio: null });
  });

  it("names the models without a published price", () => {
    const secret = exampleModel({ id: "acme:secret", price: { unit: "unknown" } });
    expect(driftReport([], exampleCatalogue([exampleModel(), secret])).pricesUnknown).toEqual([
      "acme:secret",
    ]);
  });
});
