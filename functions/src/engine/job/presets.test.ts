import { describe, expect, it } from "@jest/globals";
import { caller, createWorld } from "../../../test/engine/world.js";
import { presetNames } from "../../domain/request/presets.js";
import { submitClips } from "../batch/submit-batch.js";
import { quoteVideo } from "./quote.js";
import { submitJob, submitScene } from "./submit.js";

const request = { kind: "text", prompt: "A paper boat sails down a river at dawn" };
const picture = "https://images.example.com/a.png";
const untold = { field: "output.bitrateKbps", given: "the provider's own" };

describe("a preset where no converter is", () => {
  it.each(presetNames)("%s is made all the same, and told what became of its bitrate", async (preset) => {
    const world = createWorld({ credits: 1_000_000 });
    const { job, selection } = await submitJob(world.deps, caller, { ...request, preset });
    expect(job.request).toMatchObject({ preset, output: { format: "mp4" } });
    expect(selection?.winner?.adjustments).toContainEqual(expect.objectContaining(untold));
    const quote = await quoteVideo(world.deps, caller, { ...request, preset });
    expect(quote.adjustments).toContainEqual(expect.objectContaining(untold));
  });

  it("serves clips and scenes as well", async () => {
    const world = createWorld({ credits: 1_000_000 });
    const { id } = await submitClips(world.deps, caller, {
      frames: { "1": { first: picture, last: picture } },
      prompt: "It grows",
      preset: "instagram-reel",
    });
    const { job } = await submitScene(world.deps, caller, {
      scene: { imagePrompt: "A boat", visualPrompt: "It sails" },
      preset: "youtube",
    });
    expect(job.request).toMatchObject({ sceneResolution: "1280:720" });
    await world.run(3_600);
    expect(await world.deps.batches.get(id)).toMatchObject({ status: "completed" });
    expect(await world.job(job.id)).toMatchObject({ status: "completed" });
  });

  it("is refused where the bitrate was asked for by itself", async () => {
    const world = createWorld();
    await expect(
      submitJob(world.deps, caller, { ...request, preset: "tiktok", output: { bitrateKbps: 900 } }),
    ).rejects.toThrow(/^output: h264 needs a conversion/);
  });
});
