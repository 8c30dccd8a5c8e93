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

  function openQueue(port: number): ClosableTaskQueue {
    return firebaseTaskQueue({
      projectId: "demo-tasks",
      region: "us-central1",
      endpoint: { host: "127.0.0.1", port },
      functionUrl: (name) => `${functions.origin}/${name}`,
      serviceAccountEmail: "tasks@demo-tasks.iam.gserviceaccount.com",
      now: () => clock.now(),
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

  it("tries again when the queue is not available, and gives up on what it refuses", async () => {
    const answers = [503, 503, 200];
    let calls = 0;
    const flaky: Server = createServer((request, response) => {
      const status = answers[calls] ?? 400;
      calls += 1;
      request.resume();
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(status === 200 ? {} : { error: { code: status, message: "no" } }));
    });
    await new Promise<void>((resolve) => flaky.listen(0, "127.0.0.1", resolve));
    const other = openQueue((flaky.address() as AddressInfo).port);
    await other.enqueue("one", start, clock.now());
    expect(calls).toBe(3);
    await expect(other.enqueue("two", start, clock.now())).rejects.toMatchObject({ code: 3 });
    expect(calls).toBe(4);
    await other.close();
    flaky.closeAllConnections();
    await new Promise((resolve) => flaky.close(resolve));
  });
});
