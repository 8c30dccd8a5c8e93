import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import express from "express";
import type { JobView } from "../src/domain/job/view.js";
import { call, dispatch, textRequest } from "./entrypoints/calls.js";
import { openWorld, type World } from "./entrypoints/world.js";

// Takes unsigned tokens, which is what the platform's emulators do; read when the SDK is loaded.
process.env.FUNCTIONS_EMULATOR = "true";
process.env.FIREBASE_DEBUG_MODE = "true";
process.env.FIREBASE_DEBUG_FEATURES = '{"skipTokenVerification":true}';
// The SDK prints a line for every token that it was given.
jest.spyOn(console, "debug").mockReturnValue(undefined);
const functions = await import("../src/index.js");
const { useRuntime } = await import("../src/entrypoints/config/runtime.js");
const { waitForJob } = await import("../src/entrypoints/callables/wait-for-video.js");

const taskFunctions = {
  start: functions.startJob,
  advance: functions.advanceJob,
  poll: functions.pollJob,
  store: functions.storeVideo,
  delete_user: functions.deleteUser,
};

let world: World;
let server: Server;
let origin: string;

beforeAll(async () => {
  server = express()
    .use(express.json())
    .post("/waitForVideo", (request, response) =>
      functions.waitForVideo(Object.assign(request, { rawBody: Buffer.alloc(0) }), response),
    )
    .listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  world = openWorld();
  useRuntime(world.deps);
});

afterEach(() => {
  jest.useRealTimers();
});

async function startVideo(): Promise<string> {
  const { jobId } = await functions.createVideo.run(call(textRequest, "ada"));
  return jobId;
}

const finish = () => world.runTasks((task) => dispatch(taskFunctions[task.type], task));

const toBase64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = `${toBase64({ alg: "none" })}.${toBase64({ sub: "ada", user_id: "ada" })}.`;

function post(data: object, accept: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${origin}/waitForVideo`, {
    method: "POST",
    headers: { "content-type": "application/json", accept, authorization: `Bearer ${token}` },
    body: JSON.stringify({ data }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The messages of a stream, and what was answered at its end. */
function readStream(text: string): { views: JobView[]; result: JobView } {
  const events = text
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => JSON.parse(event.slice(6)) as { message?: JobView; result?: JobView });
  const result = events.at(-1)?.result;
  if (result === undefined) throw new Error(`no result in ${text}`);
  return { views: events.flatMap(({ message }) => message ?? []), result };
}

describe("waitForVideo over HTTP", () => {
  it("streams a view of every change and answers with the finished video", async () => {
    const jobId = await startVideo();
    const response = await post({ jobId }, "text/event-stream");
    const body = response.text();
    await finish();
    const { views, result } = readStream(await body);
    expect(result).toMatchObject({ jobId, status: "completed", progress: { percent: 100 } });
    expect(views.at(-1)).toEqual(result);
    const percents = views.map((view) => view.progress.percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(new Set(views.map((view) => view.status)).size).toBeGreaterThan(1);
  });

  it("answers a client that takes no stream with the finished video alone", async () => {
    const jobId = await startVideo();
    await finish();
    const response = await post({ jobId }, "application/json");
    expect(await response.json()).toMatchObject({ result: { jobId, status: "completed" } });
  });

  it("tells a stream of an error with its details", async () => {
    const response = await post({ jobId: "0".repeat(24) }, "text/event-stream");
    expect(await response.text()).toContain('"reason":"NOT_FOUND"');
  });

  it("stops watching when the client hangs up", async () => {
    const jobId = await startVideo();
    let watching = 0;
    const stopped = new Promise<void>((resolve) => {
      const watch: typeof world.deps.jobs.watch = (id, onChange) => {
        watching += 1;
        const stop = world.deps.jobs.watch(id, onChange);
        return () => {
          watching -= 1;
          stop();
          resolve();
        };
      };
      useRuntime({ ...world.deps, jobs: { ...world.deps.jobs, watch } });
    });
    const client = new AbortController();
    const response = await post({ jobId }, "text/event-stream", client.signal);
    await response.body?.getReader().read();
    client.abort();
    await stopped;
    expect(watching).toBe(0);
  });
});

describe("waiting for a job", () => {
  async function ownJob() {
    const job = await world.deps.jobs.get(await startVideo());
    if (job === null) throw new Error("the job is not there");
    return job;
  }

  it("returns the job as it is when the time is over", async () => {
    jest.useFakeTimers({ doNotFake: ["queueMicrotask", "nextTick"] });
    const waiting = waitForJob(world.deps, await ownJob(), {
      timeoutMs: 60_000,
      signal: undefined,
      onView: async () => undefined,
    });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await waiting).toMatchObject({ status: "queued" });
    expect(jest.getTimerCount()).toBe(0);
  });

  it("tells of progress between changes, but never the same twice", async () => {
    jest.useFakeTimers({ doNotFake: ["queueMicrotask", "nextTick"] });
    const job = await ownJob();
    for (const task of world.queue.takeDue(world.deps.now())) await dispatch(taskFunctions[task.type], task);
    const percents: number[] = [];
    const client = new AbortController();
    const waiting = waitForJob(world.deps, job, {
      timeoutMs: 600_000,
      signal: client.signal,
      onView: async (view) => percents.push(view.progress.percent),
    });
    await jest.advanceTimersByTimeAsync(10_000);
    const before = percents.length;
    world.advance(30_000);
    await jest.advanceTimersByTimeAsync(10_000);
    client.abort();
    await waiting;
    expect(percents).toHaveLength(before + 1);
    expect(percents.at(-1)).toBeGreaterThan(percents.at(-2) ?? 100);
  });

  it("does not begin when the client has gone already", async () => {
    const job = await ownJob();
    const signal = AbortSignal.abort();
    const onView = jest.fn(async () => undefined);
    expect(await waitForJob(world.deps, job, { timeoutMs: 60_000, signal, onView })).toEqual(job);
  });

  it("stops when a view cannot be sent any more", async () => {
    const onView = () => Promise.reject(new Error("write after end"));
    const waiting = waitForJob(world.deps, await ownJob(), { timeoutMs: 60_000, signal: undefined, onView });
    expect(await waiting).toMatchObject({ status: "queued" });
  });
});
