import { describe, expect, it } from "@jest/globals";
import { wholeCatalogue } from "../../../simulation/kit/sample-traffic.js";
import { exampleCatalogue, exampleModel, textMode } from "../__fixtures__/models.js";
import { emptyHealth } from "../health/health.js";
import { defaultPolicy, type Policy } from "../policy/policy.js";
import { policyWarnings } from "./policy-warnings.js";

const now = Date.UTC(2026, 10, 21);
const catalogue = exampleCatalogue([exampleModel()]);

function warnings(changes: Partial<Policy["adjustments"]>, shown = catalogue, health = emptyHealth) {
  const policy = { ...defaultPolicy, adjustments: { ...defaultPolicy.adjustments, ...changes } };
  return policyWarnings(policy, shown, health, now);
}

describe("the warnings about a policy", () => {
  it("are none while every mode that has a model can be served", () => {
    expect(warnings({})).toEqual([]);
  });

  it("name the request that nobody could take, and why", () => {
    const tall = exampleModel({
      modes: { text: { ...textMode, sizes: textMode.sizes.filter(({ ratio }) => ratio === "9:16") } },
    });
    expect(warnings({}, exampleCatalogue([tall]))).toEqual([
      "Nobody could make text at 16:9: ratio_unsupported 1.",
    ]);
    expect(warnings({ ratioDistance: 5 }, exampleCatalogue([tall]))).toEqual([]);
  });

  const prices = (credits: object, output = {}) =>
    policyWarnings(
      {
        ...defaultPolicy,
        credits: { ...defaultPolicy.credits, ...credits },
        output: { ...defaultPolicy.output, ...output },
      },
      wholeCatalogue(),
      emptyHealth,
      now,
    );

  it("name a price by which videos would be made for less than they cost", () => {
    expect(prices({})).toEqual([]);
    expect(prices({ templates: { reel: 20 } })).toEqual([]);
    expect(prices({}, { playlistPrice: 0.5 })).toEqual([expect.stringMatching(/^output\.playlistPrice: /)]);
    expect(prices({ marginFraction: 1 }, { playlistPrice: 0.5 })).toEqual([]);
    const cheap = prices({ usdPerCredit: 0.001, templates: { reel: 1 } });
    expect(cheap).toEqual([
      "credits.templates.reel: nobody makes anything for 1 credits, which are worth $0.001.",
    ]);
  });

  it("count what is wrong with the world as well", () => {
    const off = { ...emptyHealth, switches: { acme: "off" as const } };
    expect(warnings({}, catalogue, off)).toEqual([
      "Nobody could make text at 16:9: provider_off 1.",
      "Nobody could make text at 9:16: provider_off 1.",
    ]);
  });

  it("leave out a mode that no model with a key offers: no policy can change that", () => {
    expect(warnings({}, exampleCatalogue([exampleModel()], { configured: false }))).toEqual([]);
  });
});
