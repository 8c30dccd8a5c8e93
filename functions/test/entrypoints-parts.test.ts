import { afterAll, describe, expect, it } from "@jest/globals";
import functionsTest from "firebase-functions-test";
import { plainPrices } from "../src/domain/__fixtures__/policies.js";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import * as functions from "../src/index.js";
import { partsOf, runUntilEnded } from "./engine/composites.js";
import { createWorld, type World, type WorldOptions } from "./engine/world.js";
import {
  cancelVideo,
  createSceneVideo,
  createVideo,
  endTests,
  getVideo,
  getVideoUrl,
  listVideos,
  retryVideo,
} from "./entrypoints/callables.js";
import { call } from "./entrypoints/calls.js";

const { wrap } = functionsTest({ projectId: "demo-parts" });
type Callable = Parameters<typeof wrap>[0];

const scene = { scene: { imagePrompt: "A boat at the edge of a river", visualPrompt: "The boat sets off" } };
const longVideo = { kind: "text", prompt: "A walk along a river", durationSeconds: 30 };
const absentId = "0123456789abcdef01234567";

/** Every function that a signed-in user may call, by name; a new one is here without being listed. */
const userCallables = Object.entries(functions).filter(
  ([name, { __endpoint }]) => "callableTrigger" in __endpoint && !name.startsWith("admin"),
);

/** Every way in which an id may be put to a callable. */
function inputsWith(id: string): object[] {
  const withJobId = [
    {},
    { refresh: true },
    { timeoutSeconds: 1 },
    ...["video", "thumbnail", "image"].map((kind) => ({ kind })),
    { segment: 1 },
  ];
  return [
    ...withJobId.map((more) => ({ jobId: id, ...more })),
    { batchId: id },
    { batchId: id, key: "video" },
  ];
}

async function answersTo(id: string, uid: string): Promise<string[]> {
  const answers: string[] = [];
  for (const [name, callable] of userCallables) {
    for (const input of inputsWith(id)) {
      const answer = await wrap(callable as unknown as Callable)(call(input, uid) as never).then(
        (given: unknown) => ({ given }),
        ({ code, message, details }: Record<string, unknown>) => ({ code, message, details }),
      );
      answers.push(`${name} ${JSON.stringify(answer)}`.replaceAll(id, "<id>"));
    }
  }
  return answers;
}

function useEngineWorld(options: WorldOptions = {}): World {
  const world = createWorld(options);
  useRuntime(world.deps);
  return world;
}

/** Until this many parts of the job are stored. */
async function runUntilStored(world: World, jobId: string, count: number): Promise<void> {
  for (let seconds = 0; seconds < 1_800; seconds += 1) {
    if (((await world.job(jobId)).composition?.parts.length ?? 0) >= count) return;
    await world.run(1);
  }
  throw new Error("no part was stored");
}

afterAll(() => endTests());

describe("a part of a job", () => {
  it.each([
    ["scene", createSceneVideo, scene],
    ["long video", createVideo, longVideo],
  ])(
    "of a %s answers as absent to its owner, whatever is called and whenever",
    async (_, create, request) => {
      const { limits } = plainPrices;
      const callsPerUserPerMinute = { refresh: 10_000, quote: 10_000, list: 10_000 };
      const policy = { ...plainPrices, limits: { ...limits, callsPerUserPerMinute } };
      const world = useEngineWorld({ policy });
      const { jobId } = await create(call(request, "ada") as never);
      await runUntilStored(world, jobId, 1);
      const absent = await answersTo(absentId, "ada");
      expect(absent.filter((answer) => answer.includes("not-found")).length).toBeGreaterThan(8);
      for (const part of partsOf(world, jobId)) expect(await answersTo(part.id, "ada")).toEqual(absent);
      expect((await runUntilEnded(world, jobId)).status).toBe("completed");
      for (const part of partsOf(world, jobId)) expect(await answersTo(part.id, "ada")).toEqual(absent);
    },
  );

  it("is shown without an id, and without its file until it is paid for", async () => {
    const world = useEngineWorld();
    const { jobId } = await createVideo(call(longVideo, "ada"));
    await runUntilStored(world, jobId, 1);
    const [listed] = (await listVideos(call({}, "ada"))).videos;
    for (const view of [await getVideo(call({ jobId }, "ada")), listed]) {
      expect(view?.parts).toContainEqual({ name: "segment-1", chargedCredits: 0, output: null });
      for (const part of partsOf(world, jobId)) expect(JSON.stringify(view)).not.toContain(part.id);
    }
    await cancelVideo(call({ jobId }, "ada"));
    const cancelled = await getVideo(call({ jobId }, "ada"));
    expect(cancelled).toMatchObject({ status: "cancelled", credits: { charged: 0 } });
    expect(JSON.stringify(cancelled)).not.toContain("videos/");
  });

  it("is opened through the whole as soon as it was charged by itself, also in a later try", async () => {
    const world = useEngineWorld();
    const { jobId } = await createSceneVideo(call(scene, "ada"));
    await runUntilStored(world, jobId, 1);
    const [image] = (await getVideo(call({ jobId }, "ada"))).parts;
    expect(image).toMatchObject({ name: "image", chargedCredits: 2, output: { medium: "image" } });
    expect((await getVideoUrl(call({ jobId, kind: "image" }, "ada"))).url).toBe(image?.output?.publicUrl);
  });

  it("that was charged in an earlier try still gives its link in a later one, and is not charged again", async () => {
    const world = useEngineWorld();
    const { jobId } = await createSceneVideo(call(scene, "ada"));
    while (world.paidStarts().length === 0) await world.run(1);
    // Whatever is begun after the picture is refused, once.
    world.fault("runway:moderated*1");
    world.fault("runware:moderated*1");
    await runUntilStored(world, jobId, 1);
    const { url } = await getVideoUrl(call({ jobId, kind: "image" }, "ada"));
    expect((await runUntilEnded(world, jobId)).status).toBe("failed");
    const { jobId: again } = await retryVideo(call({ jobId }, "ada"));
    for (const end of [false, true]) {
      if (end) await runUntilEnded(world, again);
      expect((await getVideoUrl(call({ jobId: again, kind: "image" }, "ada"))).url).toBe(url);
      const [image] = (await getVideo(call({ jobId: again }, "ada"))).parts;
      expect(image).toMatchObject({ name: "image", chargedCredits: 0, output: { publicUrl: url } });
    }
    const charged = [...world.database.jobs.values()].filter(({ composition }) =>
      composition?.parts.some(({ name, chargedCredits }) => name === "image" && chargedCredits > 0),
    );
    expect(charged.map(({ id }) => id)).toEqual([jobId]);
  });
});
