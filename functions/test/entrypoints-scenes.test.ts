import { afterAll, describe, expect, it } from "@jest/globals";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import { createWorld, type WorldOptions } from "./engine/world.js";
import {
  createSceneVideo,
  createVideo,
  endTests,
  getVideo,
  getVideoUrl,
  listVideos,
  quoteVideo,
  retryVideo,
} from "./entrypoints/callables.js";
import { call, refusal } from "./entrypoints/calls.js";

const scene = {
  scene: { imagePrompt: "A boat at the edge of a river", visualPrompt: "The boat sets off" },
  scenario: { resolution: "1280:768" },
  requestId: "order-1",
};

/** A whole installation with simulated providers that the functions work in. */
function useEngineWorld(options: WorldOptions = {}) {
  const world = createWorld(options);
  useRuntime(world.deps);
  return world;
}

afterAll(() => endTests());

describe("createSceneVideo", () => {
  it("answers at once with what both steps will cost, and makes no second scene of a repetition", async () => {
    useEngineWorld();
    const created = await createSceneVideo(call(scene, "ada"));
    expect(created).toMatchObject({ status: "queued", provider: "scene", estimate: { credits: 12 } });
    expect(created.estimate.costUsd).toBeGreaterThan(0);
    expect(created.adjustments).toContainEqual(
      expect.objectContaining({ field: "scenario.resolution", asked: "1280:768", given: "1280:720" }),
    );
    expect((await createSceneVideo(call(scene, "ada"))).jobId).toBe(created.jobId);
    const other = { ...scene, scene: { ...scene.scene, visualPrompt: "The boat stays" } };
    expect(await refusal(createSceneVideo(call(other, "ada")))).toMatchObject({ code: "already-exists" });
  });

  it("shows its steps, and gives the picture to anybody and the video to its owner", async () => {
    const world = useEngineWorld();
    const { jobId } = await createSceneVideo(call(scene, "ada"));
    expect(await refusal(getVideoUrl(call({ jobId, kind: "image" }, "ada")))).toMatchObject({
      details: { reason: "NO_IMAGE" },
    });
    await world.run(900);
    const view = await getVideo(call({ jobId }, "ada"));
    expect(view.steps.map(({ percent }: { percent: number }) => percent)).toEqual([
      5, 15, 35, 40, 70, 75, 95, 100,
    ]);
    expect(view.parts).toMatchObject([{ name: "image", chargedCredits: 2 }, { name: "video" }]);
    const image = await getVideoUrl(call({ jobId, kind: "image" }, "ada"));
    expect(image).toEqual({ url: view.parts[0]?.output?.publicUrl, expiresAt: null });
    expect((await getVideoUrl(call({ jobId }, "ada"))).expiresAt).toBe(world.now() + 3_600_000);
    expect((await listVideos(call({}, "ada"))).videos).toHaveLength(1);
    expect(await refusal(getVideoUrl(call({ jobId, segment: 1 }, "ada")))).toMatchObject({
      details: { reason: "NO_SEGMENT" },
    });
  });

  it("gives a private picture to its owner alone, by a link that ends", async () => {
    const world = useEngineWorld();
    const { jobId } = await createSceneVideo(call({ ...scene, imageAccess: "private" }, "ada"));
    await world.run(900);
    expect(JSON.stringify(await getVideo(call({ jobId }, "ada")))).not.toContain("publicUrl");
    expect(await getVideoUrl(call({ jobId, kind: "image" }, "ada"))).toEqual({
      url: expect.stringContaining("X-Goog-Signature"),
      expiresAt: world.now() + 3_600_000,
    });
    expect(await refusal(getVideoUrl(call({ jobId, kind: "image" }, "bob")))).toMatchObject({
      details: { reason: "NOT_FOUND" },
    });
  });

  it("names what is wrong, with all resolutions that are known", async () => {
    useEngineWorld();
    const wrong = { ...scene, scenario: { resolution: "800:600" } };
    expect(await refusal(createSceneVideo(call(wrong, "ada")))).toMatchObject({
      code: "invalid-argument",
      message: expect.stringMatching(/scenario.resolution: unknown 800:600; known are 1280:720, .*768:1280/),
    });
    expect(await refusal(createSceneVideo(call({}, "ada")))).toMatchObject({
      code: "invalid-argument",
      details: { fields: [{ path: "scene" }] },
    });
  });

  it("is not to be had through createVideo, nor is a picture alone", async () => {
    useEngineWorld();
    for (const kind of ["scene", "still"]) {
      expect(await refusal(createVideo(call({ kind, prompt: "A boat" }, "ada")))).toMatchObject({
        code: "invalid-argument",
      });
    }
  });
});

describe("retryVideo", () => {
  it("is refused for what has not ended in vain, or belongs to somebody else", async () => {
    const world = useEngineWorld();
    const { jobId } = await createSceneVideo(call(scene, "ada"));
    const single = await createVideo(call({ kind: "text", prompt: "A boat", maxCostUsd: 9 }, "ada"));
    world.fault("runway:moderated");
    world.fault("runware:moderated");
    expect((await refusal(retryVideo(call({ jobId }, "ada")))).message).toContain("it is queued");
    await world.run(900);
    // A video that is made in one piece is retried as well.
    expect(await retryVideo(call({ jobId: single.jobId }, "ada"))).toMatchObject({ status: "queued" });
    expect(await refusal(retryVideo(call({ jobId }, "bob")))).toMatchObject({ code: "not-found" });
    expect(await retryVideo(call({ jobId }, "ada"))).toMatchObject({ status: "queued" });
  });
});

describe("a long video", () => {
  it("is quoted with its segments, and each of them opens by its number when nobody joins them", async () => {
    const world = useEngineWorld();
    const request = { kind: "text", prompt: "A walk along a river", durationSeconds: 30 };
    const quote = await quoteVideo(call(request, "ada"));
    expect(quote.segments).toMatchObject({ joined: false, medium: "playlist" });
    expect(quote.segments?.credits).toBeLessThan(quote.credits ?? 0);
    const seconds = quote.segments?.seconds ?? [];
    const { jobId } = await createVideo(call(request, "ada"));
    await world.run(1_800);
    expect(await getVideo(call({ jobId }, "ada"))).toMatchObject({
      status: "completed",
      output: { medium: "playlist" },
      credits: { charged: quote.segments?.credits },
      adjustments: expect.arrayContaining([expect.objectContaining({ field: "output" })]),
    });
    expect((await getVideoUrl(call({ jobId }, "ada"))).url).toContain(`${jobId}.json`);
    const urls = await Promise.all(
      seconds.map((_: number, index: number) => getVideoUrl(call({ jobId, segment: index + 1 }, "ada"))),
    );
    expect(new Set(urls.map(({ url }) => url)).size).toBe(seconds.length);
  });
});
