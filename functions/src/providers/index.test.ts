import { describe, expect, it } from "@jest/globals";
import type { ProviderModel } from "../domain/provider/model.js";
import { buildCatalogue, vendors } from "./index.js";
import type { Vendor } from "./shared/vendor.js";

const model: ProviderModel = {
  id: "acme:one",
  provider: "acme",
  name: "one",
  label: "One",
  medium: "video",
  modes: {
    text: {
      sizes: [{ ratio: "16:9", resolution: "720p", width: 1280, height: 720 }],
      durations: { type: "discrete", seconds: [5, 10] },
      audio: "none",
      textLimit: { max: 1_000, unit: "utf16" },
    },
  },
  quality: "standard",
  price: { unit: "second", rates: [{ usdMicros: 50_000 }] },
  typicalSeconds: { p50: 60, p90: 120 },
  source: "test",
  readOn: "2026-11-21",
};

function vendorOf(...models: ProviderModel[]): Vendor {
  return {
    id: "acme",
    label: "Acme",
    keyName: "ACME_KEY",
    baseUrlName: "ACME_URL",
    defaultBaseUrl: "https://acme.example",
    settings: {},
    models,
    create: () => {
      throw new Error("never called");
    },
  };
}

const text = model.modes.text;
if (text === undefined) throw new Error("the sample serves text");
const withText = (change: Partial<typeof text>): ProviderModel => ({
  ...model,
  modes: { text: { ...text, ...change } },
});

describe("the catalogue", () => {
  it("is sound as it is shipped, in the order of the vendors", () => {
    const catalogue = buildCatalogue(vendors, new Set(["runway"]));
    expect(catalogue.providers).toEqual(["heygen", "runway", "runware"]);
    const runway = catalogue.entries.find((entry) => entry.model.provider === "runway");
    expect(runway).toMatchObject({ configured: true, priority: 2, affinities: { "strategy:creative": 0.9 } });
    expect(catalogue.entries.filter((entry) => entry.configured && entry.priority !== 2)).toEqual([]);
  });

  it.each<[string, readonly ProviderModel[], string]>([
    ["an id that is listed twice", [model, model], "acme:one is listed twice"],
    ["an id of another provider", [{ ...model, id: "other:one" }], "the id must start with acme:"],
    [
      "a free rate",
      [{ ...model, price: { unit: "output", rates: [{ usdMicros: 0 }] } }],
      "micro-dollars above 0",
    ],
    [
      "a fraction of a micro-dollar",
      [{ ...model, price: { unit: "second", rates: [{ usdMicros: 0.5 }] } }],
      "whole number",
    ],
    ["a price without rates", [{ ...model, price: { unit: "second", rates: [] } }], "needs a rate"],
    ["no size", [withText({ sizes: [] })], "text: no size is listed"],
    [
      "sides that are swapped",
      [withText({ sizes: [{ ratio: "16:9", resolution: "720p", width: 720, height: 1280 }] })],
      "720x1280 is no size of ratio 16:9",
    ],
    ["durations out of order", [withText({ durations: { type: "discrete", seconds: [10, 5] } })], "in order"],
    ["no duration", [withText({ durations: { type: "discrete", seconds: [] } })], "durations must be"],
    [
      "a range that ends before it begins",
      [withText({ durations: { type: "range", minSeconds: 5, maxSeconds: 2, stepSeconds: 1 } })],
      "durations must be",
    ],
    ["a P90 below P50", [{ ...model, typicalSeconds: { p50: 60, p90: 30 } }], "p90 not below p50"],
    ["a last day that is none", [{ ...model, availableUntil: "2026-13-40" }], "YYYY-MM-DD"],
    ["no room for a prompt", [withText({ textLimit: { max: 0, unit: "bytes" } })], "text limit"],
  ])("does not start with %s", (_what, models, problem) => {
    expect(() => buildCatalogue([vendorOf(...models)], new Set())).toThrow(problem);
  });

  it("does not start with an affinity out of range", () => {
    const eager = { ...vendorOf(model), affinities: { "mode:text": 1.5 } };
    expect(() => buildCatalogue([eager], new Set())).toThrow("the affinity mode:text must be from 0 to 1");
  });
});
