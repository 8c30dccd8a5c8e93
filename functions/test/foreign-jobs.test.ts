import { afterAll, describe, expect, it } from "@jest/globals";
import functionsTest from "firebase-functions-test";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import * as functions from "../src/index.js";
import { runUntilEnded } from "./engine/composites.js";
import { createWorld } from "./engine/world.js";
import {
  createClips,
  createSceneBatch,
  createSceneVideo,
  createVideo,
  endTests,
} from "./entrypoints/callables.js";
import { call } from "./entrypoints/calls.js";

const { wrap } = functionsTest({ projectId: "demo-foreign" });
type Callable = Parameters<typeof wrap>[0];

const scene = { imagePrompt: "A boat at the edge of a river", visualPrompt: "The boat sets off" };
const pair = { first: "https://images.example.com/a.png", last: "https://images.example.com/b.png" };
const absentId = "0123456789abcdef01234567";

/** Every function that a signed-in user may call and that takes an id; a new one is here without being listed. */
const userCallables = Object.entries(functions).filter(
  ([name, { __endpoint }]) => "callableTrigger" in __endpoint && !name.startsWith("admin"),
);
const inputs = (id: string) => [
  { jobId: id },
  { jobId: id, refresh: true },
  { jobId: id, timeoutSeconds: 1 },
  { jobId: id, kind: "image" },
  { jobId: id, segment: 1 },
  { batchId: id },
  { batchId: id, key: "1" },
  { batchId: id, sceneId: "1" },
];

async function answersTo(id: string, uid: string): Promise<string[]> {
  const answers: string[] = [];
  for (const [name, callable] of userCallables) {
    for (const input of inputs(id)) {
      const answer = await wrap(callable as unknown as Callable)(call(input, uid) as never).then(
        (given: unknown) => ({ given }),
        ({ code, message, details }: Record<string, unknown>) => ({ code, message, details }),
      );
      answers.push(`${name} ${JSON.stringify(answer)}`.replaceAll(id, "<id>"));
    }
  }
  return answers;
}

afterAll(() => endTests());

describe("what belongs to somebody else", () => {
  it.each([
    ["video", async () => (await createVideo(call({ kind: "text", prompt: "A boat" }, "ada"))).jobId],
    ["scene", async () => (await createSceneVideo(call({ scene }, "ada"))).jobId],
    [
      "batch of clips",
      async () => (await createClips(call({ frames: { "1": pair }, prompt: "It grows" }, "ada"))).batchId,
    ],
    [
      "batch of scenes",
      async () => (await createSceneBatch(call({ scenes: { "1": scene } }, "ada"))).batchId,
    ],
  ])("answers as absent in every callable, running or finished: %s", async (_, create) => {
    const world = createWorld();
    useRuntime(world.deps);
    const id = await create();
    const absent = await answersTo(absentId, "bob");
    expect(absent.filter((answer) => answer.includes("not-found")).length).toBeGreaterThan(8);
    expect(await answersTo(id, "bob")).toEqual(absent);
    for (const job of [...world.database.jobs.values()]) await runUntilEnded(world, job.id);
    expect(await answersTo(id, "bob")).toEqual(absent);
  });
});
