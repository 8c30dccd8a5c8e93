import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  cancelClips,
  createClips,
  createSceneBatch,
  endTests,
  finishVideos,
  getClips,
  getSceneBatch,
  getVideo,
  listBatches,
  retryClip,
  runDueTasks,
  useWorld,
} from "./entrypoints/callables.js";
import { call, refusal } from "./entrypoints/calls.js";
import type { World } from "./entrypoints/world.js";

const pair = { first: "https://images.example.com/a.png", last: "https://images.example.com/b.png" };
const twoClips = { frames: { "2": pair, "10": pair }, prompt: "It grows", durationSeconds: 5 };

let world: World;

beforeEach(() => {
  world = useWorld();
});

afterAll(() => endTests());

describe("createClips", () => {
  it("answers at once with every clip by its key, and holds for all of them", async () => {
    const clips = await createClips(call({ ...twoClips, projectId: "spot-7" }, "ada"));
    expect(clips).toMatchObject({
      type: "clips",
      projectId: "spot-7",
      status: "running",
      counts: { total: 2, running: 2, completed: 0, failed: 0, cancelled: 0 },
      credits: { held: 20, charged: 0 },
      etaSeconds: null,
      items: { "2": { status: "queued", tries: 1 }, "10": { status: "queued" } },
    });
    expect(clips.batchId).toMatch(/^[0-9a-f]{24}$/);
  });

  it("names the frame that is missing", async () => {
    const frames = { "2": pair, "3": { first: pair.first } };
    expect(await refusal(createClips(call({ ...twoClips, frames }, "ada")))).toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining("frames.3.last: is missing"),
      details: { reason: "INVALID_ARGUMENT", fields: [{ path: "frames.3.last" }] },
    });
  });

  it("refuses all clips when the credits do not suffice for all, and says for how many", async () => {
    world = useWorld({ welcomeCredits: 19 });
    expect(await refusal(createClips(call(twoClips, "ada")))).toMatchObject({
      code: "failed-precondition",
      details: { reason: "INSUFFICIENT_CREDITS", needed: 20, available: 19 },
    });
    expect(world.queue.size()).toBe(0);
  });

  it.each([null, "clips", [], { frames: [] }, { frames: { "1": null }, prompt: "It grows" }])(
    "refuses %j",
    async (input) => {
      expect((await refusal(createClips(call(input, "ada")))).code).toBe("invalid-argument");
    },
  );

  it("is for signed-in users", async () => {
    expect((await refusal(createClips(call(twoClips)))).code).toBe("unauthenticated");
  });
});

describe("getClips", () => {
  it("tells of every clip how far it is, who makes it and what it costs", async () => {
    const { batchId } = await createClips(call(twoClips, "ada"));
    await runDueTasks(world);
    world.advance(20_000);
    const running = await getClips(call({ batchId }, "ada"));
    expect(running.items["2"]).toMatchObject({ status: "generating", job: { provider: "runway" } });
    expect(running.percent).toBeGreaterThan(0);
    expect(running.etaSeconds).toBeGreaterThan(0);

    await finishVideos(world);
    const clips = await getClips(call({ batchId }, "ada"));
    expect(clips).toMatchObject({
      status: "completed",
      percent: 100,
      etaSeconds: 0,
      counts: { total: 2, running: 0, completed: 2 },
      credits: { held: 0, charged: 20 },
      items: { "10": { error: null, job: { output: { width: 720 }, credits: { charged: 10 } } } },
    });
    expect(JSON.stringify(clips)).not.toMatch(/operation|idempotencyKey|outputUrl|example\.(test|com)/);
    const { jobId } = clips.items["10"] ?? { jobId: "" };
    expect(await getVideo(call({ jobId }, "ada"))).toMatchObject({ status: "completed" });
  });

  it.each(["getClips", "retryClip", "cancelClips"])(
    "says the same of a batch that is another's as of one that is not there: %s",
    async (name) => {
      const callables = {
        getClips: (batchId: string, uid: string) => getClips(call({ batchId }, uid)),
        retryClip: (batchId: string, uid: string) => retryClip(call({ batchId, key: "2" }, uid)),
        cancelClips: (batchId: string, uid: string) => cancelClips(call({ batchId }, uid)),
      };
      const ask = callables[name as keyof typeof callables];
      const { batchId } = await createClips(call(twoClips, "ada"));
      const foreign = await refusal(ask(batchId, "bob"));
      expect(foreign.code).toBe("not-found");
      for (const id of ["0".repeat(24), "../users/ada", ""]) {
        const { code, message } = await refusal(ask(id, "ada"));
        expect({ code, message }).toEqual({ code: foreign.code, message: foreign.message });
      }
    },
  );
});

describe("cancelClips and retryClip", () => {
  it("cancel all clips and start one of them again", async () => {
    const { batchId } = await createClips(call(twoClips, "ada"));
    expect(await cancelClips(call({ batchId }, "ada"))).toMatchObject({
      status: "cancelled",
      counts: { cancelled: 2 },
      credits: { held: 0 },
    });
    const retry = await retryClip(call({ batchId, key: "10" }, "ada"));
    expect(retry).toMatchObject({ batchId, key: "10", tries: 2, status: "queued", credits: { held: 10 } });
    await finishVideos(world);
    expect(await getClips(call({ batchId }, "ada"))).toMatchObject({
      status: "partly_completed",
      counts: { completed: 1, cancelled: 1 },
      items: { "10": { jobId: retry.jobId, status: "completed", tries: 2 } },
    });
  });

  it("start nothing again that has not failed", async () => {
    const { batchId } = await createClips(call(twoClips, "ada"));
    expect(await refusal(retryClip(call({ batchId, key: "2" }, "ada")))).toMatchObject({
      code: "failed-precondition",
      details: { reason: "NOT_FAILED" },
    });
    expect((await refusal(retryClip(call({ batchId, key: "9" }, "ada")))).code).toBe("invalid-argument");
  });
});

describe("a batch of scenes", () => {
  const scenes = { intro: { imagePrompt: "A cup of tea", visualPrompt: "Steam rises" } };

  it("is answered like one of clips, and is not one", async () => {
    const { batchId } = await createSceneBatch(call({ scenes }, "ada"));
    expect(await getSceneBatch(call({ batchId }, "ada"))).toMatchObject({
      type: "scenes",
      status: "running",
      counts: { total: 1 },
      items: { intro: { status: "queued" } },
    });
    expect((await refusal(getClips(call({ batchId }, "ada")))).code).toBe("not-found");
  });
});

describe("listBatches", () => {
  it("pages through the caller's own batches, newest first, with what each knows of itself", async () => {
    const scenes = { scenes: { "1": { imagePrompt: "A cup", visualPrompt: "Steam rises" } } };
    const first = await createClips(call(twoClips, "ada"));
    world.advance(1);
    const second = await createSceneBatch(call({ ...scenes, projectId: "spot-7" }, "ada"));
    await createClips(call(twoClips, "bob"));
    const page = await listBatches(call({ limit: 1 }, "ada"));
    expect(page.batches).toEqual([
      {
        batchId: second.batchId,
        type: "scenes",
        projectId: "spot-7",
        status: "running",
        counts: { total: 1, running: 1, completed: 0, failed: 0, cancelled: 0 },
        createdAt: second.createdAt,
        updatedAt: second.updatedAt,
        endedAt: null,
      },
    ]);
    const rest = await listBatches(call({ limit: 1, pageToken: page.nextPageToken }, "ada"));
    expect(rest).toMatchObject({ batches: [{ batchId: first.batchId, type: "clips" }], nextPageToken: null });
    const clips = await listBatches(call({ type: "clips" }, "ada"));
    expect(clips.batches.map(({ batchId }) => batchId)).toEqual([first.batchId]);
  });

  it("is empty for somebody who has none, and refuses what is no page of it", async () => {
    await createClips(call(twoClips, "ada"));
    expect(await listBatches(call(null, "cara"))).toEqual({ batches: [], nextPageToken: null });
    for (const input of [{ pageToken: "zzz" }, { type: "clip" }, { limit: 101 }]) {
      expect(await refusal(listBatches(call(input, "ada")))).toMatchObject({ code: "invalid-argument" });
    }
  });
});
