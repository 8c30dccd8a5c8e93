import { describe, expect, it } from "@jest/globals";
import { exampleCatalogue, exampleModel } from "../__fixtures__/models.js";
import { RequestError } from "../errors.js";
import { defaultPolicy } from "./policy.js";
import { parsePolicy } from "./publication.js";

const catalogue = exampleCatalogue([exampleModel()]);

function refusal(input: unknown): RequestError {
  try {
    parsePolicy(input, catalogue);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("a draft policy", () => {
  it("is taken as it is when nothing is wrong with it", () => {
    const draft = {
      ...defaultPolicy,
      priorities: { acme: 2, "acme:clip-1": 1 },
      affinities: {
        "style:35 mm": { acme: 0.9 },
        "mode:text": { "acme:clip-1": 0.1 },
        "strategy:creative": {},
      },
    };
    expect(parsePolicy(draft, catalogue)).toEqual(draft);
  });

  it("is refused with every problem at once, each by its path", () => {
    const { ambiguous: _, ...rest } = defaultPolicy;
    const error = refusal({
      ...rest,
      colour: "red",
      shape: "round",
      scales: { ...rest.scales, cheapUsd: -1 },
      limits: { ...rest.limits, maxAttempts: 0, tries: 3 },
      priorities: { acme: 11, nobody: 1 },
      affinities: { "mode:text": { "acme:clip-9": 0.5 }, "mood:sad": { acme: 0.5 } },
      budgets: { ...rest.budgets, providers: { "acme:clip-1": { usd: 5, seconds: null } } },
    });
    expect(error.code).toBe("invalid_argument");
    const fields = error.details.fields as { path: string; problem: string }[];
    expect(fields.map(({ path }) => path).sort()).toEqual([
      "affinities.mode:text.acme:clip-9",
      "affinities.mood:sad",
      "ambiguous",
      "budgets.providers.acme:clip-1",
      "colour",
      "limits.maxAttempts",
      "limits.tries",
      "priorities.acme",
      "priorities.nobody",
      "scales.cheapUsd",
      "shape",
    ]);
    for (const { path, problem } of fields) expect(error.message).toContain(`${path}: ${problem}`);
  });

  it("with an id that nothing bears is told those that are known", () => {
    expect(refusal({ ...defaultPolicy, priorities: { nobody: 1 } }).message).toBe(
      "priorities.nobody: no such provider or model; known are acme, acme:clip-1",
    );
  });

  it.each([
    ["nothing", null],
    ["a text", "{}"],
    ["a list", []],
    ["an empty object", {}],
    ["tables that are none", { ...defaultPolicy, priorities: 5, affinities: { "mode:text": null } }],
  ])("that is %s is refused, not a crash", (_name, input) => {
    expect(refusal(input).code).toBe("invalid_argument");
  });
});
