import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { plainPrices } from "../../domain/__fixtures__/policies.js";
import type { Batch } from "../../domain/batch/batch.js";
import { RequestError } from "../../domain/errors.js";
import { describeBatch } from "./batch.js";
import { retryItem } from "./retry-item.js";
import { submitScenes } from "./submit-batch.js";

const { perImage, perSecond } = plainPrices.credits;
const imageCredits = perImage.standard;
const videoCredits = 5 * perSecond.standard;

const scene = (subject: string) => ({
  imagePrompt: `${subject} on a table by the window`,
  visualPrompt: "Steam rises slowly",
});
const threeScenes = {
  scenes: { "1": scene("A cup of tea"), "2": scene("A bowl of soup"), "10": scene("A loaf of bread") },
  scenario: { resolution: "1280:720" },
};

async function batchOf(world: World, id: string): Promise<Batch> {
  const batch = await world.deps.batches.get(id);
  if (batch === null) throw new Error(`no batch ${id}`);
  return batch;
}

describe("a batch of scenes", () => {
  it("makes every picture and video, paid once each, and tells of every scene", async () => {
    const world = createWorld();
    const { id } = await submitScenes(world.deps, caller, threeScenes);
    await world.run(1_800);
    const view = await describeBatch(world.deps, await batchOf(world, id));
    expect(view).toMatchObject({
      type: "scenes",
      status: "completed",
      counts: { total: 3, completed: 3 },
      percent: 100,
    });
    expect(Object.keys(view.items)).toEqual(["1", "2", "10"]);
    expect(world.paidStarts()).toHaveLength(6);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({
      spent: 3 * (imageCredits + videoCredits),
      held: 0,
    });
    await expectSettled(world);
  });

  it("holds for all scenes or for none", async () => {
    const world = createWorld({ credits: 3 * (imageCredits + videoCredits) - 1 });
    await expect(submitScenes(world.deps, caller, threeScenes)).rejects.toMatchObject({
      code: "insufficient_credits",
      details: { needed: 3 * (imageCredits + videoCredits) },
    });
    expect(world.database.jobs.size).toBe(0);
  });

  it("can have one scene tried again from its video on, for one start", async () => {
    let refuses = true;
    const world = createWorld({
      wrap: (provider) => ({
        ...provider,
        start: (plan, context) =>
          refuses && plan.mode === "image"
            ? Promise.resolve({ status: "refused", failure: { code: "content_blocked" } })
            : provider.start(plan, context),
      }),
    });
    const { id } = await submitScenes(world.deps, caller, {
      ...threeScenes,
      scenes: { "1": scene("A cup") },
    });
    await world.run(1_800);
    const failed = await batchOf(world, id);
    expect(failed).toMatchObject({ status: "failed", items: { "1": { errorCode: "content_blocked" } } });
    const before = world.paidStarts().length;

    refuses = false;
    const job = await retryItem(world.deps, caller, failed, "1");
    expect(job?.heldCredits).toBe(videoCredits);
    await world.run(1_800);
    expect(await batchOf(world, id)).toMatchObject({ status: "completed", items: { "1": { tries: 2 } } });
    expect(world.paidStarts()).toHaveLength(before + 1);
    await expectSettled(world);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["lacks a prompt", { scenes: { intro: { imagePrompt: "A cup" } } }, /scenes\.intro\.visualPrompt/],
    ["has no scenes", { scenes: {} }, /scenes: needs at least one scene/],
    ["has a resolution that no scenario has", { scenario: { resolution: "17:4" } }, /17:4/],
    ["names an unknown provider", { providers: { only: ["nobody"] } }, /unknown nobody/],
  ])("that %s is refused by name, before anything is written", async (_name, changes, message) => {
    const world = createWorld();
    const refusal = submitScenes(world.deps, caller, { ...threeScenes, ...changes });
    await expect(refusal).rejects.toBeInstanceOf(RequestError);
    await expect(refusal).rejects.toThrow(message);
    expect(world.database.batches.size).toBe(0);
  });
});
