import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { v2 } from "@google-cloud/tasks";
import { PassThroughClient } from "google-auth-library";
import { type ManualClock, manualClock } from "../../kit/clock.js";
import { readBody, startLoopbackServer } from "../../kit/loopback-server.js";
import type { QueueSettings } from "../tasks/queue.js";
import { startTasksServer, type TasksServer } from "../tasks-server.js";

/** The server, the real client, a target that notes what it gets, and a moved clock. */
export interface TasksWorld {
  readonly clock: ManualClock;
  readonly server: TasksServer;
  readonly client: v2.CloudTasksClient;
  /** Full name of the queue `jobs`. */
  readonly queue: string;
  readonly deliveries: Delivery[];
  /** How the target answers; 200 unless a test changes it. */
  respond: (response: ServerResponse) => void;
  create(id: string, delayMs?: number): Promise<void>;
  /** Moves the clock and waits for what that set off. */
  advance(ms: number): Promise<void>;
  task(id: string, delayMs?: number): QueuedTask;
  close(): Promise<void>;
}

export interface Delivery {
  /** Milliseconds after the start. */
  readonly at: number;
  readonly task: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type QueuedTask = ReturnType<typeof queuedTask>;

export const startMs = Date.parse("2026-11-21T12:00:00Z");

export async function openTasksWorld(settings: Partial<QueueSettings> = {}): Promise<TasksWorld> {
  const clock = manualClock(startMs);
  const deliveries: Delivery[] = [];
  const target = await startLoopbackServer(async (request, response) => {
    const body = (await readBody(request, 100_000))?.toString() ?? "";
    const task = String(request.headers["x-cloudtasks-taskname"]);
    deliveries.push({ at: clock.now() - startMs, task, headers: request.headers, body });
    world.respond(response);
  });
  const server = await startTasksServer({ clock, deadlineClock: clock, queues: { jobs: settings } });
  const client = new v2.CloudTasksClient({
    fallback: true,
    protocol: "http",
    apiEndpoint: "127.0.0.1",
    port: server.port,
    projectId: "demo-reelay",
    authClient: new PassThroughClient(),
  });
  const queue = client.queuePath("demo-reelay", "us-central1", "jobs");
  const world: TasksWorld = {
    clock,
    server,
    client,
    queue,
    deliveries,
    respond: (response) => response.writeHead(200).end(),
    task: (id, delayMs = 0) => queuedTask(`${queue}/tasks/${id}`, `${target.origin}/run`, delayMs),
    async create(id, delayMs) {
      await client.createTask({ parent: queue, task: world.task(id, delayMs) });
    },
    async advance(ms) {
      clock.advance(ms);
      await server.settled();
    },
    async close() {
      await client.close();
      await server.close();
      await target.close();
    },
  };
  return world;
}

function queuedTask(name: string, url: string, delayMs: number) {
  const atMs = startMs + delayMs;
  return {
    name,
    scheduleTime: { seconds: Math.floor(atMs / 1_000), nanos: (atMs % 1_000) * 1e6 },
    dispatchDeadline: { seconds: 60 },
    httpRequest: {
      httpMethod: "POST" as const,
      url,
      headers: { "content-type": "application/json" },
      body: Buffer.from('{"data":{}}').toString("base64"),
      oidcToken: { serviceAccountEmail: "runner@demo-reelay.iam.gserviceaccount.com" },
    },
  };
}
