import { describe, expect, it } from "@jest/globals";
import { buildCatalogue, vendors } from "../../providers/index.js";
import type { Durations } from "../provider/model.js";
import { isTooLong, modelsMaking, splitOf, total } from "./segments.js";

const veo: Durations = { type: "discrete", seconds: [4, 6, 8] };
const gen4: Durations = { type: "range", minSeconds: 2, maxSeconds: 10, stepSeconds: 1 };
const seedance: Durations = { type: "range", minSeconds: 4, maxSeconds: 15, stepSeconds: 1 };

describe("a length in segments", () => {
  it.each([
    [veo, 30, [6, 6, 6, 6, 6]],
    [veo, 24, [8, 8, 8]],
    [veo, 22, [8, 8, 6]],
    [gen4, 30, [10, 10, 10]],
    [gen4, 19, [10, 9]],
    [gen4, 58, [10, 10, 10, 10, 10, 10]],
    [seedance, 20, [10, 10]],
    [seedance, 45, [15, 15, 15]],
    [seedance, 60, [15, 15, 15, 15]],
  ] as const)("%j makes %d s of %j", (durations, seconds, split) => {
    expect(splitOf(durations, seconds)).toEqual(split);
  });

  const seconds = Array.from({ length: 54 }, (_, index) => index + 7);
  it.each(seconds)("of %d s is within 5 %% at every model that has one", (asked) => {
    const { entries } = buildCatalogue(vendors, new Set());
    const plans = entries.flatMap(({ model }) => {
      const durations = model.modes.text?.durations;
      const split = durations === undefined ? null : splitOf(durations, asked);
      return split === null ? [] : [{ model, split }];
    });
    expect(plans.length).toBeGreaterThan(0);
    for (const { model, split } of plans) {
      expect(Math.abs(total(split) - asked)).toBeLessThanOrEqual(0.05 * asked);
      expect(split.length).toBeGreaterThanOrEqual(2);
      for (const length of split) {
        expect(modelsMaking({ entries, providers: [] }, "text", length)).toContain(model.id);
      }
    }
  });

  it("does not exist where no multiple comes near enough", () => {
    expect(splitOf({ type: "discrete", seconds: [8] }, 20)).toBeNull();
    expect(splitOf({ type: "none" }, 20)).toBeNull();
    expect(splitOf({ type: "script", maxSeconds: 60 }, 90)).toBeNull();
  });
});

describe("a request is too long", () => {
  const rejected = (reasons: Parameters<typeof isTooLong>[0][number]["reason"][]) =>
    reasons.map((reason, index) => ({ model: `acme:${index}`, provider: "acme", reason, retryAt: null }));

  it("when its length alone is in the way", () => {
    expect(isTooLong(rejected(["duration_unsupported", "kind_unsupported", "key_missing"]))).toBe(true);
  });

  it("but not when a model that reaches it is only busy, too dear or already tried", () => {
    for (const reason of ["circuit_open", "over_max_cost", "already_failed", "budget_exceeded"] as const) {
      expect(isTooLong(rejected(["duration_unsupported", reason]))).toBe(false);
    }
    const [long, dear] = rejected(["duration_unsupported", "over_max_cost"]);
    expect(
      isTooLong(
        [long, dear].flatMap((one) => one ?? []),
        (model) => model !== dear?.model,
      ),
    ).toBe(true);
    expect(isTooLong(rejected(["kind_unsupported"]))).toBe(false);
    expect(isTooLong([])).toBe(false);
  });
});
