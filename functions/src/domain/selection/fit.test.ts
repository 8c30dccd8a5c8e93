import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { exampleModel, textMode } from "../__fixtures__/models.js";
import { avatarRequest, textRequest } from "../__fixtures__/requests.js";
import { defaultPolicy } from "../policy/policy.js";
import type { Mode, ProviderModel } from "../provider/model.js";
import { size } from "../provider/resolution.js";
import { adjustmentRefusal, adjustmentsOf, type Fit, fitModel, type UnfitReason } from "./fit.js";

const today = "2026-11-21";
const rules = defaultPolicy.adjustments;

function withMode(changes: Partial<Mode>): ProviderModel {
  return exampleModel({ modes: { text: { ...textMode, ...changes } } });
}

function fitOf(model: ProviderModel, request = textRequest()): Fit {
  const fit = fitModel(model, request, today);
  if (typeof fit === "string") throw new Error(fit);
  return fit;
}

describe("a model that cannot serve a request", () => {
  it.each<[UnfitReason, ProviderModel, Record<string, unknown>]>([
    ["kind_unsupported", exampleModel({ modes: {} }), {}],
    ["model_ended", exampleModel({ availableUntil: "2026-11-20" }), {}],
    ["audio_unsupported", withMode({ audio: "none" }), { audio: true }],
    ["text_too_long", withMode({ textLimit: { max: 9, unit: "utf16" } }), { prompt: "0123456789" }],
    ["text_too_long", withMode({ textLimit: { max: 9, unit: "bytes" } }), { prompt: "ü".repeat(5) }],
    ["text_too_short", withMode({ textMin: 2 }), { prompt: "x" }],
    ["ratio_unsupported", withMode({ sizes: [] }), {}],
    ["duration_unsupported", withMode({ durations: { type: "discrete", seconds: [] } }), {}],
  ])("says %s", (reason, model, changes) => {
    expect(fitModel(model, textRequest(changes), today)).toBe(reason);
  });

  it("is served to the end of its last day", () => {
    expect(typeof fitModel(exampleModel({ availableUntil: today }), textRequest(), today)).toBe("object");
  });

  it("counts a prompt in the vendor's own unit", () => {
    const boats = textRequest({ prompt: "⛵️🛶".repeat(2) });
    const fits = (unit: "utf16" | "codePoints" | "bytes", max: number) =>
      typeof fitModel(withMode({ textLimit: { max, unit } }), boats, today) === "object";
    expect([fits("codePoints", 6), fits("codePoints", 5)]).toEqual([true, false]);
    expect([fits("utf16", 8), fits("utf16", 7)]).toEqual([true, false]);
    expect([fits("bytes", 20), fits("bytes", 19)]).toEqual([true, false]);
  });

  it("says text_too_long when the prompt fits and its brand terms do not", () => {
    const branded = textRequest({ prompt: "A boat", brandTerms: ["Acme"] });
    const room = "A boat. Featuring: Acme.".length;
    const fits = (max: number) =>
      typeof fitModel(withMode({ textLimit: { max, unit: "utf16" } }), branded, today) === "object";
    expect([fits(room), fits(room - 1)]).toEqual([true, false]);
  });

  it("takes a prompt that is too short by itself when what is added makes it long enough", () => {
    const model = withMode({ textMin: 2 });
    for (const changes of [{ prompt: "xy" }, { prompt: "x", style: "friendly" }]) {
      expect(typeof fitModel(model, textRequest(changes), today)).toBe("object");
    }
  });

  it("says duration_unsupported when a script is longer than it speaks", () => {
    const speaking = exampleModel({
      modes: { avatar: { ...textMode, durations: { type: "script", maxSeconds: 10 } } },
    });
    expect(fitModel(speaking, avatarRequest({ script: "x".repeat(151) }), today)).toBe(
      "duration_unsupported",
    );
  });
});

describe("a length", () => {
  it.each([
    [[5, 8], 5, 5],
    [[5, 8], 6, 5],
    [[5, 8], 7, 8],
    [[8, 5], 6.5, 8],
    [[4, 6, 8], 5, 6],
    [[4, 6, 8], 60, 8],
    [[4, 6, 8], 1, 4],
  ])("snaps on %j: %d asked, %d given, and a tie goes to the longer", (seconds, asked, given) => {
    const model = withMode({ durations: { type: "discrete", seconds } });
    expect(fitOf(model, textRequest({ durationSeconds: asked })).durationSeconds).toBe(given);
  });

  it.each([
    [2, 10, 1, 1, 2],
    [2, 10, 1, 4.4, 4],
    [2, 10, 1, 4.5, 5],
    [2, 10, 1, 60, 10],
    [2, 12, 5, 12, 12],
    [1, 10, 0.5, 3.3, 3.5],
  ])("snaps on %d to %d s in steps of %d: %d asked, %d given", (min, max, step, asked, given) => {
    const model = withMode({
      durations: { type: "range", minSeconds: min, maxSeconds: max, stepSeconds: step },
    });
    expect(fitOf(model, textRequest({ durationSeconds: asked })).durationSeconds).toBe(given);
  });

  it("never leaves the range, and is the nearest of the list", () => {
    const lengths = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 60 }), (seconds, asked) => {
        const model = withMode({ durations: { type: "discrete", seconds } });
        const given = fitOf(model, textRequest({ durationSeconds: asked })).durationSeconds;
        const distances = seconds.map((one) => Math.abs(one - asked));
        expect(Math.abs(given - asked)).toBe(Math.min(...distances));
        expect(given).toBe(
          Math.max(...seconds.filter((one) => Math.abs(one - asked) === Math.min(...distances))),
        );
      }),
    );
  });
});

describe("a size", () => {
  it("keeps the ratio before the resolution", () => {
    const fit = fitOf(exampleModel(), textRequest({ aspectRatio: "9:16", resolution: "1080p" }));
    expect(fit.size).toEqual(size("9:16", "720p", 720, 1280));
    expect(fit.resolutionSteps).toBe(-1);
  });

  it("is the larger of two that are equally near", () => {
    const model = withMode({ sizes: [size("16:9", "480p", 854, 480), size("16:9", "1080p", 1920, 1080)] });
    expect(fitOf(model).size.resolution).toBe("1080p");
  });
});

describe("a nearest shape that is too far", () => {
  const near = { ratioDistance: 0, resolutionSteps: 0, secondsDelta: 0 };

  it.each<[string, Partial<typeof near>, number, UnfitReason | null]>([
    ["nothing changed", {}, 5, null],
    ["21:9 made as 2.36", { ratioDistance: 0.01 }, 5, null],
    ["another ratio", { ratioDistance: 0.29 }, 5, "ratio_unsupported"],
    ["one step less resolution", { resolutionSteps: -1 }, 5, null],
    ["two steps less", { resolutionSteps: -2 }, 5, "resolution_unsupported"],
    ["two steps more", { resolutionSteps: 2 }, 5, "resolution_unsupported"],
    ["a second less of five", { secondsDelta: -1 }, 5, null],
    ["1.1 s less of five", { secondsDelta: -1.1 }, 5, "duration_unsupported"],
    ["a fifth less of thirty", { secondsDelta: -6 }, 30, null],
    ["more than a fifth less", { secondsDelta: -6.1 }, 30, "duration_unsupported"],
    ["three seconds more of two", { secondsDelta: 3 }, 2, null],
    ["3.1 s more of two", { secondsDelta: 3.1 }, 2, "duration_unsupported"],
    ["half as long again", { secondsDelta: 10 }, 20, null],
  ])("%s", (_name, changes, asked, expected) => {
    expect(adjustmentRefusal({ ...near, ...changes }, asked, rules)).toBe(expected);
  });
});

describe("the adjustments", () => {
  const model = exampleModel();
  const told = (changes: Record<string, unknown>, of = model) => {
    const request = textRequest(changes);
    return adjustmentsOf(of, request, fitOf(of, request));
  };

  it("are none when everything is as asked", () => {
    expect(told({})).toEqual([]);
  });

  it("tell what was asked, what is given and why", () => {
    expect(told({ durationSeconds: 7 })).toEqual([
      { field: "durationSeconds", asked: "7 s", given: "8 s", reason: "Acme Clip 1 makes 5, 8 s" },
    ]);
  });

  it.each([
    ["aspectRatio", { aspectRatio: "1:1" }, model],
    ["resolution", { resolution: "4k" }, model],
    ["audio", {}, withMode({ audio: "always" })],
    ["seed", { seed: 1 }, model],
    ["negativePrompt", { negativePrompt: "rain" }, model],
  ])("tell of %s", (field, changes, of) => {
    expect(told(changes, of).map((entry) => entry.field)).toEqual([field]);
  });

  it("are silent about fields that the model takes", () => {
    const able = withMode({ seed: true, negativePrompt: true });
    expect(told({ seed: 1, negativePrompt: "rain" }, able)).toEqual([]);
  });

  it("tell what the prompt had no room for, in short", () => {
    const tight = withMode({ textLimit: { max: 60, unit: "bytes" } });
    const asked = { camera: { move: "pan" }, style: "x".repeat(150), negativePrompt: "rain" };
    expect(told(asked, tight)).toEqual([
      {
        field: "negativePrompt",
        asked: "a field of its own",
        given: "words in the prompt",
        reason: "Acme Clip 1 has no such field",
      },
      {
        field: "prompt",
        asked: `Steady camera pan.; Style: ${"x".repeat(93)}…`,
        given: "left out",
        reason: "Acme Clip 1 takes 60 bytes",
      },
    ]);
  });

  it("tell what the precise strategy leaves alone, without repeating the CV", () => {
    expect(told({ strategy: "precise", style: "grainy", cvScript: "Nurse in Oslo" })).toEqual([
      {
        field: "prompt",
        asked: "grainy; what the CV shows",
        given: "left out",
        reason: "the precise strategy takes the prompt as it is",
      },
    ]);
  });

  it("tell an avatar's caller that the script decides the length and is all that is shown", () => {
    const speaking = exampleModel({
      modes: { avatar: { ...textMode, durations: { type: "script", maxSeconds: 60 }, audio: "always" } },
    });
    const request = avatarRequest({ durationSeconds: 5, prompt: "a smile", negativePrompt: "hats" });
    expect(adjustmentsOf(speaking, request, fitOf(speaking, request))).toMatchObject([
      { field: "durationSeconds", given: "length of the speech" },
      { field: "prompt", asked: "a smile; hats", reason: "a script is spoken as it is written" },
    ]);
  });
});
