import { describe, expect, it } from "@jest/globals";
import { runUntilEnded } from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld } from "../../../test/engine/world.js";
import { defaultPolicy, type Policy } from "../../domain/policy/policy.js";
import { quoteVideo } from "./quote.js";
import { submitScene } from "./submit.js";

const policy: Policy = {
  ...defaultPolicy,
  credits: { ...defaultPolicy.credits, templates: { reel: 20, clip: 1, "scene-pack": 25 } },
};
const request = { kind: "text", prompt: "A paper boat on a river at dawn", priceKey: "reel" };

describe("a request with a priceKey", () => {
  it.each([
    ["text", {}],
    ["image", { kind: "image", image: "https://media.example.com/a.png" }],
    ["avatar", { kind: "avatar", prompt: undefined, script: "Welcome to our spring collection." }],
  ])("is quoted, held and charged at the price of the template: %s", async (_, changes) => {
    const world = createWorld({ policy });
    const asked = JSON.parse(JSON.stringify({ ...request, ...changes }));
    expect((await quoteVideo(world.deps, caller, asked)).credits).toBe(20);
    const { id, heldCredits } = await world.submit(
      JSON.parse(JSON.stringify({ ...changes, priceKey: "reel" })),
    );
    expect(heldCredits).toBe(20);
    expect((await runUntilEnded(world, id)).chargedCredits).toBe(20);
    await expectSettled(world);
  });

  it("of a scene is charged at that price in all", async () => {
    const world = createWorld({ policy });
    const scene = { scene: { imagePrompt: "A boat", visualPrompt: "It sails" }, priceKey: "scene-pack" };
    const { job } = await submitScene(world.deps, caller, scene);
    const ended = await runUntilEnded(world, job.id);
    expect(ended).toMatchObject({ status: "completed", chargedCredits: 25 });
    await expectSettled(world);
  });

  it("is made by nobody who costs more than the template is worth", async () => {
    const world = createWorld({ policy });
    const { candidates, rejected } = await quoteVideo(world.deps, caller, request);
    for (const { costUsd } of candidates) expect(costUsd).toBeLessThanOrEqual(20 * 0.05);
    expect(rejected).toContainEqual(expect.objectContaining({ reason: "over_credit_worth" }));
    const none = await quoteVideo(world.deps, caller, { ...request, priceKey: "clip", resolution: "1080p" });
    expect(none.candidates).toEqual([]);
  });

  it.each([["unknown"], ["constructor"], ["__proto__"]])(
    "that no template has is refused with those there are: %s",
    async (priceKey) => {
      const world = createWorld({ policy });
      await expect(world.submit({ priceKey })).rejects.toMatchObject({
        code: "invalid_argument",
        message: `priceKey: there is no template "${priceKey}"; known are reel, clip, scene-pack`,
        details: { field: "priceKey" },
      });
      await expect(quoteVideo(world.deps, caller, { ...request, priceKey })).rejects.toThrow("priceKey");
    },
  );
});
