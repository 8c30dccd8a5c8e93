import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { startTasksServer, type TasksServer } from "../../../simulation/cloud/tasks-server.js";
import { manualClock } from "../../../simulation/kit/clock.js";
import {
  type LoopbackServer,
  readBody,
  startLoopbackServer,
} from "../../../simulation/kit/loopback-server.js";
import type { Task } from "../../domain/job/tasks.js";
import { type ClosableTaskQueue, firebaseTaskQueue } from "./task-queue.js";

const startMs = Date.parse("2026-11-21T12:00:00Z");
const start: Task = { type: "start", jobId: "a1" };

describe("the Cloud Tasks queue", () => {
  const clock = manualClock(startMs);
  let functions: LoopbackServer;
  let server: TasksServer;
  let queue: ClosableTaskQueue;
  let received: { path: string; body: unknown; authorization: string | undefined; at: number }[];

  function openQueue(port: number, patienceMs = 4_000): ClosableTaskQueue {
    return firebaseTaskQueue({
      projectId: "demo-tasks",
      region: "us-central1",
      endpoint: { host: "127.0.0.1", port },
      functionUrl: (name) => `${functions.origin}/${name}`,
      serviceAccountEmail: "tasks@demo-tasks.iam.gserviceaccount.com",
      now: () => clock.now(),
      patienceMs,
    });
  }

  beforeEach(async () => {
    received = [];
    functions = await startLoopbackServer(async (request, response) => {
      received.push({
        path: request.url ?? "",
        body: JSON.parse(String(await readBody(request, 100_000))),
        authorization: request.headers.authorization,
        at: clock.now(),
      });
      response.writeHead(204).end();
    });
    server = await startTasksServer({ clock, deadlineClock: clock });
    queue = openQueue(server.port);
  });

  afterEach(async () => {
    await queue.close();
    await server.close();
    await functions.close();
  });

  it("delivers a task to the function of its kind, in the shape that task functions read", async () => {
    await queue.enqueue("one", start, clock.now());
    await queue.enqueue("two", { type: "store", jobId: "a1" }, clock.now());
    await server.idle();
    expect(received.map(({ path, body }) => ({ path, body }))).toEqual(
      expect.arrayContaining([
        { path: "/startJob", body: { data: start } },
        { path: "/storeVideo", body: { data: { type: "store", jobId: "a1" } } },
      ]),
    );
  });

  it("sends a task no earlier than it is due, to the millisecond", async () => {
    const dueAt = clock.now() + 4_321;
    await queue.enqueue("later", start, dueAt);
    expect(server.pending()).toMatchObject([{ scheduledAt: dueAt }]);
    clock.advance(4_320);
    await server.settled();
    expect(received).toEqual([]);
    clock.advance(1);
    await server.idle();
    expect(received).toMatchObject([{ path: "/startJob", at: dueAt }]);
  });

  it("takes a name that is there already as done", async () => {
    const dueAt = clock.now() + 60_000;
    await queue.enqueue("same", start, dueAt);
    await queue.enqueue("same", start, dueAt);
    expect(server.pending()).toHaveLength(1);
  });

  /** A Cloud Tasks that answers each call with the next status, and hangs where that is `null`. */
  async function openTroubled(answers: readonly (number | null)[]) {
    let calls = 0;
    const troubled: Server = createServer((request, response) => {
      const status = answers[Math.min(calls, answers.length - 1)] ?? null;
      calls += 1;
      request.resume();
      if (status === null) return;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(status === 200 ? {} : { error: { code: status, message: "no" } }));
    });
    await new Promise<void>((resolve) => troubled.listen(0, "127.0.0.1", resolve));
    const other = openQueue((troubled.address() as AddressInfo).port, 1_000);
    return {
      enqueue: () => other.enqueue("one", start, clock.now()),
      calls: () => calls,
      async close() {
        await other.close();
        troubled.closeAllConnections();
        await new Promise((resolve) => troubled.close(resolve));
      },
    };
  }

  it.each([
    ["not available", [503, 503, 200]],
    ["full", [429, 200]],
    ["silent once", [null, 200]],
  ])("tries again when the queue is %s", async (_, answers) => {
    const troubled = await openTroubled(answers);
    await troubled.enqueue();
    expect(troubled.calls()).toBe(answers.length);
    await troubled.close();
  });

  it.each([
    [400, 3],
    [403, 7],
  ])("gives up at once on what it refuses with %i", async (status, code) => {
    const troubled = await openTroubled([status]);
    await expect(troubled.enqueue()).rejects.toMatchObject({ code });
    expect(troubled.calls()).toBe(1);
    await troubled.close();
  });

  it.each([
    ["hangs", null],
    ["is full", 429],
    ["is not available", 503],
  ])("holds nobody for longer than its patience when the queue %s", async (_, status) => {
    const troubled = await openTroubled([status]);
    const begun = performance.now();
    await expect(troubled.enqueue()).rejects.toThrow(/./);
    expect(performance.now() - begun).toBeLessThan(4_000);
    await troubled.close();
  });
});
