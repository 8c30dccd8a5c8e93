import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import RunwayML from "@runwayml/sdk";
import { runwaySimulation } from "../../../simulation/vendors/runway/simulator.js";
import { openVendorBench, type VendorBench } from "../../../test/providers/provider.contract.js";
import { runway } from "./index.js";

/** The official client is the judge here: whatever the simulator says must satisfy it. */
describe("the official SDK against the simulator", () => {
  let bench: VendorBench;
  let client: RunwayML;
  const realSetTimeout = globalThis.setTimeout;

  beforeEach(async () => {
    bench = await openVendorBench({ vendor: runway, simulation: runwaySimulation });
    client = new RunwayML({ apiKey: "canary-key-7f3a", baseURL: bench.host.origin, maxRetries: 0 });
    // The SDK waits about 6 s between two polls: let the simulated time pass instead of ours.
    const jump = (callback: () => void, delayMs = 0) => {
      if (delayMs < 4_000 || delayMs > 8_000) return realSetTimeout(callback, delayMs);
      bench.advance(delayMs);
      return realSetTimeout(callback, 0);
    };
    globalThis.setTimeout = Object.assign(jump, realSetTimeout) as typeof setTimeout;
  });

  afterEach(async () => {
    globalThis.setTimeout = realSetTimeout;
    await bench.close();
  });

  it("creates a video, waits for it and downloads it", async () => {
    const task = await client.textToVideo
      .create({
        model: "gen4.5",
        promptText: "Slow dolly through a sunlit office",
        ratio: "1280:720",
        duration: 5,
      })
      .waitForTaskOutput();
    expect(task).toMatchObject({ status: "SUCCEEDED", cost: { credits: 60 } });
    const file = await fetch(task.output[0] ?? "");
    expect(file.status).toBe(200);
    const polls = bench.host.requests.filter((line) => line.startsWith("GET /v1/tasks/"));
    expect(polls.length).toBeGreaterThan(10);
  });

  it("creates an image with a reference and an avatar video", async () => {
    const image = await client.textToImage
      .create({
        model: "gen4_image",
        promptText: "@hero in a library",
        ratio: "1920:1080",
        referenceImages: [{ uri: "https://files.example.test/hero.jpg", tag: "hero" }],
      })
      .waitForTaskOutput();
    expect(image.output).toHaveLength(1);
    const avatar = await client.avatarVideos
      .create({
        model: "gwm1_avatars",
        avatar: { type: "runway-preset", presetId: "human-resource" },
        speech: { type: "text", text: "Hello", voice: { type: "preset", presetId: "clara" } },
      })
      .waitForTaskOutput();
    expect(avatar.output).toHaveLength(1);
  });

  it("reads refusals as its own error classes", async () => {
    const stranger = new RunwayML({ apiKey: "wrong", baseURL: bench.host.origin, maxRetries: 0 });
    await expect(stranger.organization.retrieve()).rejects.toBeInstanceOf(RunwayML.AuthenticationError);
    await expect(client.tasks.retrieve("17f20503-6c24-4c16-946b-35dbbce2af2f")).rejects.toBeInstanceOf(
      RunwayML.NotFoundError,
    );
    const tooLong = client.textToVideo.create({
      model: "gen4.5",
      promptText: "x",
      ratio: "1280:720",
      duration: 11,
    });
    await expect(tooLong).rejects.toBeInstanceOf(RunwayML.BadRequestError);
  });

  it("deletes a running task and reads the account", async () => {
    const { id } = await client.imageToVideo.create({
      model: "gen4_turbo",
      promptImage: "https://files.example.test/scene1.png",
      ratio: "1584:672",
      duration: 10,
    });
    await client.tasks.delete(id);
    await expect(client.tasks.retrieve(id)).rejects.toBeInstanceOf(RunwayML.NotFoundError);
    const account = await client.organization.retrieve();
    expect(account.usage.models.gen4_turbo).toEqual({ dailyGenerations: 1 });
    expect(account.tier.models.gen4_turbo?.maxConcurrentGenerations).toBe(2);
  });
});
