import { describe, expect, it } from "@jest/globals";
import { stillOf, videoOf } from "../selection/scene-parts.js";
import { type Exactly, type Kept, sceneOptions } from "./part-options.js";
import { common } from "./request.js";
import { parseScene } from "./scene.js";

const asked: Readonly<Record<string, unknown>> = {
  preset: "tiktok",
  style: "paper",
  strategy: "precise",
  camera: { move: "pan", intensity: 1 },
  negativePrompt: "text",
  quality: "premium",
  maxCostUsd: 2,
  deadlineSeconds: 600,
  priority: "high",
  providers: { only: ["runway"] },
  seed: 7,
  contentDraftId: "draft",
  metadata: { campaign: "spring" },
  requestId: "once",
  exact: ["resolution", "seed"],
};
const scene = parseScene({ scene: { imagePrompt: "A boat", visualPrompt: "It sails" }, ...asked });

describe("an option of a scene", () => {
  it.each(Object.entries(sceneOptions))("%s, which is %s, is that in both parts", (name, fate) => {
    for (const part of [stillOf(scene), videoOf(scene, "https://files.example.test/boat.png")]) {
      const value = new Map<string, unknown>(Object.entries(part)).get(name);
      if (fate === "kept") expect(value).toEqual(asked[name]);
      // Part of every request: silent, and a plain file.
      if (fate === "of the whole") expect([undefined, false, { format: "mp4" }]).toContainEqual(value);
    }
  });

  it("has a line, as every option of a request has", () => {
    expect(Object.keys(sceneOptions).sort()).toEqual(Object.keys(common).sort());
  });
});

describe("what may not be adjusted in a scene", () => {
  it("may not in its video; of its picture nobody asked for a shape", () => {
    expect(videoOf(scene, "https://files.example.test/boat.png").exact).toEqual(["resolution", "seed"]);
    expect(stillOf(scene).exact).toEqual(["seed"]);
  });
});

describe("the compiler", () => {
  type Options = { readonly style: "kept"; readonly seed: "kept"; readonly requestId: "of the whole" };
  const whole = { style: "paper", seed: 7 };

  it("takes what every part keeps", () => {
    const kept: Exactly<typeof whole, Kept<Options>> = whole;
    expect(kept).toBe(whole);
  });

  it("refuses a part that has dropped an option, and one that took an option of the whole", () => {
    const { seed, ...dropped } = whole;
    // @ts-expect-error the seed is kept
    const less: Exactly<typeof dropped, Kept<Options>> = dropped;
    const more = { ...whole, requestId: "once" };
    // @ts-expect-error the requestId is of the whole
    const taken: Exactly<typeof more, Kept<Options>> = more;
    expect([less, taken]).toEqual([{ style: "paper" }, { ...whole, requestId: "once" }]);
  });
});
