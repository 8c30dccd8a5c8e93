import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  cancelVideo,
  createClips,
  createSceneVideo,
  createVideo,
  endTests,
  finishVideos,
  getClips,
  getVideo,
  listVideos,
  retryVideo,
  runDueTasks,
  startVideo,
  useWorld,
} from "./entrypoints/callables.js";
import { call, textRequest } from "./entrypoints/calls.js";
import type { World } from "./entrypoints/world.js";

let world: World;

beforeEach(() => {
  world = useWorld({ welcomeCredits: 1_000 });
});

afterAll(() => endTests());

const known = {
  p50At: expect.any(Number),
  p90At: expect.any(Number),
  remainingSeconds: expect.any(Number),
};
const scene = { scene: { imagePrompt: "A cup", visualPrompt: "Steam rises" } };
const picture = "https://images.example.com/a.png";

describe("when a video is expected", () => {
  it.each([
    ["a video", () => createVideo(call(textRequest, "ada"))],
    ["a scene", () => createSceneVideo(call(scene, "ada"))],
    ["a long video", () => createVideo(call({ kind: "text", prompt: "A boat", durationSeconds: 30 }, "ada"))],
  ])("is told of %s from the answer on, in every view, until it has ended", async (_name, create) => {
    const { jobId, eta } = await create();
    expect(eta).toEqual(known);
    expect(await getVideo(call({ jobId }, "ada"))).toMatchObject({ eta, actualSeconds: null });
    await runDueTasks(world);
    const [listed] = (await listVideos(call({}, "ada"))).videos;
    expect(listed).toMatchObject({ jobId, eta: known, actualSeconds: null });
    await finishVideos(world);
    const ended = await getVideo(call({ jobId }, "ada"));
    expect(ended).toMatchObject({ eta: null, actualSeconds: expect.any(Number) });
    expect(ended.actualSeconds).toBe(((ended.endedAt ?? 0) - ended.createdAt) / 1_000);
  });

  it("comes nearer while nothing else happens", async () => {
    const jobId = await startVideo();
    await runDueTasks(world);
    const before = (await getVideo(call({ jobId }, "ada"))).eta;
    world.advance(10_000);
    const after = (await getVideo(call({ jobId }, "ada"))).eta;
    expect(after).toEqual({ ...before, remainingSeconds: (before?.remainingSeconds ?? 0) - 10 });
  });

  it("is told of every clip of a batch", async () => {
    const frames = { "1": { first: picture, last: picture }, "2": { first: picture, last: picture } };
    const clips = await createClips(call({ frames, prompt: "It grows", durationSeconds: 5 }, "ada"));
    for (const { job } of Object.values(clips.items)) expect(job?.eta).toEqual(known);
    await finishVideos(world);
    const { items } = await getClips(call({ batchId: clips.batchId }, "ada"));
    for (const { job } of Object.values(items)) {
      expect(job).toMatchObject({ eta: null, actualSeconds: expect.any(Number) });
    }
  });

  it("is told of a video that is tried again", async () => {
    const jobId = await startVideo();
    await cancelVideo(call({ jobId }, "ada"));
    expect((await getVideo(call({ jobId }, "ada"))).eta).toBeNull();
    expect((await retryVideo(call({ jobId }, "ada"))).eta).toEqual(known);
  });
});
