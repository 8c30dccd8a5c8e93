import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { withSteps } from "../simulation/kit/intercept-calls.js";
import { type FunctionsHost, startFunctionsHost } from "../simulation/local/local-functions.js";
import { useRuntime } from "../src/entrypoints/config/runtime.js";
import { dispatch } from "./entrypoints/calls.js";
import { openWorld, type World } from "./entrypoints/world.js";

// The library looks at these when it is loaded: tokens are read, and their signature is not checked.
process.env.FIREBASE_DEBUG_MODE = "true";
process.env.FIREBASE_DEBUG_FEATURES = JSON.stringify({ skipTokenVerification: true });
const functions = await import("../src/index.js");
const { startJob, pollJob, advanceJob, storeVideo, deleteUser } = functions;

const callables = Object.entries(functions)
  .filter(([, { __endpoint }]) => __endpoint.callableTrigger !== undefined)
  .map(([name]) => name);

let host: FunctionsHost;
let world: World;
let steps: string[];

beforeAll(async () => {
  host = await startFunctionsHost({
    projectId: "demo-entrypoints",
    region: "us-central1",
    load: async () => ({ ...functions }),
    routes: [],
  });
});

beforeEach(() => {
  world = openWorld();
  steps = [];
  useRuntime(withSteps(world.deps, (name) => steps.push(name)));
});

afterEach(() => {
  expect(steps).toEqual([]);
});

afterAll(async () => {
  await host.close();
  delete process.env.FIREBASE_DEBUG_MODE;
  delete process.env.FIREBASE_DEBUG_FEATURES;
});

/** Signed in as an administrator, so that every callable gets as far as the input. */
const claims = Buffer.from(JSON.stringify({ sub: "ada", uid: "ada", admin: true })).toString("base64url");
const token = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`;

async function send(name: string, data: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(`${host.functionsUrl}/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ data }),
  });
  return { status: response.status, text: await response.text() };
}

function fieldsCalled(prefix: string, count: number): Record<string, string> {
  return Object.fromEntries([...Array(count).keys()].map((key) => [`${prefix}${key}`, "x"]));
}

const video = { kind: "text", prompt: "A paper boat on a calm lake" };
const oversized: [string, unknown][] = [
  ["megabytes of metadata", { ...video, metadata: fieldsCalled("a name that nobody would give ", 110_000) }],
  ["megabytes of unknown fields", { ...video, ...fieldsCalled("field ", 150_000) }],
  ["megabytes of prompt", { ...video, prompt: "x".repeat(4_700_000) }],
  ["a long list", { ...video, brandTerms: [...Array(400_000).keys()] }],
  ["a deep nest", { ...video, metadata: JSON.parse(`${"[".repeat(1_000)}${"]".repeat(1_000)}`) }],
];

describe("a body that is too large", () => {
  it.each(callables)("is refused by %s in a few words, before it is looked at", async (name) => {
    const { status, text } = await send(name, { a: "x".repeat(1_100_000) });
    expect(status).toBe(400);
    expect(text).toContain("the request must be at most");
    expect(text.length).toBeLessThan(1_000);
  });

  it.each(oversized)("%s are refused with an answer of less than a kilobyte", async (_name, data) => {
    for (const name of ["createVideo", "createClips", "createSceneBatch", "quoteVideo"]) {
      const { status, text } = await send(name, data);
      expect([name, status]).toEqual([name, 400]);
      expect(JSON.parse(text)).toMatchObject({
        error: { status: "INVALID_ARGUMENT", message: expect.stringContaining("the request must") },
      });
      expect(text.length).toBeLessThan(1_000);
    }
  });

  it("is not answered at length where it is just small enough to be read", async () => {
    const { status, text } = await send("createVideo", { ...video, ...fieldsCalled("x".repeat(100), 1_900) });
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(64 * 1024);
  });

  it.each(Object.entries({ startJob, pollJob, advanceJob, storeVideo, deleteUser }))(
    "is not read by %s either, and takes one line of the log",
    async (_name, task) => {
      await dispatch(task, { jobId: "0".repeat(24), operation: fieldsCalled("x", 50_000) });
      expect(world.log.lines).toEqual([
        expect.objectContaining({
          event: "task.unreadable",
          fields: { task: "task-1", fields: expect.stringContaining("at most 200 fields") },
        }),
      ]);
    },
  );
});
