import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { v2 } from "@google-cloud/tasks";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { PassThroughClient } from "google-auth-library";
import { type ManualClock, manualClock } from "./clock.js";
import { type LoopbackServer, readBody, startLoopbackServer } from "./loopback-server.js";
import type { QueueSettings } from "./tasks/queue-settings.js";
import { startTasksServer, type TasksServer } from "./tasks-server.js";

interface Delivery {
  readonly at: number;
  readonly task: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const startMs = Date.parse("2026-11-21T12:00:00Z");

let clock: ManualClock;
let target: LoopbackServer;
let deliveries: Delivery[];
let respond: (response: ServerResponse, task: string) => void;
let server: TasksServer;
let client: v2.CloudTasksClient;
let queue: string;

async function open(settings: Partial<QueueSettings> = {}): Promise<void> {
  server = await startTasksServer({ clock, deadlineClock: clock, queues: { jobs: settings } });
  client = new v2.CloudTasksClient({
    fallback: true,
    protocol: "http",
    apiEndpoint: "127.0.0.1",
    port: server.port,
    projectId: "demo-reelay",
    authClient: new PassThroughClient(),
  });
  queue = client.queuePath("demo-reelay", "us-central1", "jobs");
}

beforeEach(async () => {
  clock = manualClock(startMs);
  deliveries = [];
  respond = (response) => response.writeHead(200).end();
  target = await startLoopbackServer(async (request, response) => {
    const body = (await readBody(request, 100_000))?.toString() ?? "";
    const task = String(request.headers["x-cloudtasks-taskname"]);
    deliveries.push({ at: clock.now() - startMs, task, headers: request.headers, body });
    respond(response, task);
  });
});

afterEach(async () => {
  await client.close();
  await server.close();
  await target.close();
});

function task(id: string, delayMs = 0) {
  const atMs = startMs + delayMs;
  return {
    name: `${queue}/tasks/${id}`,
    scheduleTime: { seconds: Math.floor(atMs / 1_000), nanos: (atMs % 1_000) * 1e6 },
    dispatchDeadline: { seconds: 60 },
    httpRequest: {
      httpMethod: "POST" as const,
      url: `${target.origin}/run`,
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify({ data: { id } })).toString("base64"),
      oidcToken: { serviceAccountEmail: "runner@demo-reelay.iam.gserviceaccount.com" },
    },
  };
}

async function create(id: string, delayMs = 0): Promise<void> {
  await client.createTask({ parent: queue, task: task(id, delayMs) });
}

async function advance(ms: number): Promise<void> {
  clock.advance(ms);
  await server.settled();
}

const deliveredAt = () => deliveries.map(({ at }) => at);
const deliveredTasks = () => deliveries.map((delivery) => delivery.task);

describe("delivery", () => {
  it("holds a task back until its time and then delivers it with the headers of Cloud Tasks", async () => {
    await open();
    await create("later", 30_500);
    await advance(30_499);
    expect(deliveries).toEqual([]);
    await advance(1);
    expect(deliveries).toMatchObject([
      {
        at: 30_500,
        body: '{"data":{"id":"later"}}',
        headers: {
          "content-type": "application/json",
          "user-agent": "Google-Cloud-Tasks",
          "x-cloudtasks-queuename": "jobs",
          "x-cloudtasks-taskname": "later",
          "x-cloudtasks-taskretrycount": "0",
          "x-cloudtasks-taskexecutioncount": "0",
          "x-cloudtasks-tasketa": String(startMs / 1_000 + 30.5),
        },
      },
    ]);
    expect(server.pending()).toEqual([]);
  });

  it("delivers a task without a time at once, under a generated name", async () => {
    await open();
    const { httpRequest } = task("ignored");
    const [created] = await client.createTask({ parent: queue, task: { httpRequest } });
    await server.idle();
    expect(created.name?.startsWith(`${queue}/tasks/`)).toBe(true);
    expect(deliveredTasks()).toEqual([created.name?.split("/").pop()]);
  });

  it("identifies itself with the service account that the task names", async () => {
    await open();
    await create("a");
    await server.idle();
    const [, claims = ""] = String(deliveries[0]?.headers.authorization).split(".");
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      email: "runner@demo-reelay.iam.gserviceaccount.com",
      aud: `${target.origin}/run`,
    });
  });

  it("delivers in the order of the due times", async () => {
    await open({ maxConcurrentDispatches: 1 });
    await create("third", 300);
    await create("first", 100);
    await create("second", 200);
    clock.advance(1_000);
    await server.idle();
    expect(deliveredTasks()).toEqual(["first", "second", "third"]);
  });
});

describe("names", () => {
  it("refuses the name of a pending task with ALREADY_EXISTS", async () => {
    await open();
    await create("once", 1_000);
    await expect(create("once")).rejects.toMatchObject({ code: 6 });
    expect(server.pending()).toHaveLength(1);
  });

  it("keeps a name taken for an hour after the task ran", async () => {
    await open();
    await create("once");
    await server.idle();
    await advance(3_599_999);
    await expect(create("once")).rejects.toMatchObject({ code: 6 });
    await advance(1);
    await create("once");
    await server.idle();
    expect(deliveredTasks()).toEqual(["once", "once"]);
  });

  it("keeps a name taken after a delete, and does not deliver the deleted task", async () => {
    await open();
    await create("gone", 1_000);
    await client.deleteTask({ name: `${queue}/tasks/gone` });
    await expect(create("gone")).rejects.toMatchObject({ code: 6 });
    await advance(5_000);
    expect(deliveries).toEqual([]);
  });

  it("reports NOT_FOUND for a task that never was and for one that has run", async () => {
    await open();
    await create("done");
    await server.idle();
    for (const id of ["never", "done"]) {
      await expect(client.deleteTask({ name: `${queue}/tasks/${id}` })).rejects.toMatchObject({ code: 5 });
      await expect(client.getTask({ name: `${queue}/tasks/${id}` })).rejects.toMatchObject({ code: 5 });
    }
  });
});

describe("retries", () => {
  it("doubles, then grows evenly, then stays at the longest wait, and gives up", async () => {
    await open({ minBackoffMs: 10_000, maxBackoffMs: 300_000, maxDoublings: 3, maxAttempts: 9 });
    respond = (response) => response.writeHead(500).end();
    await create("failing");
    await server.settled();
    for (let second = 0; second < 2_000; second += 10) await advance(10_000);
    // The example of RetryConfig.max_doublings: 10, 20, 40, 80, 160, 240, 300, 300.
    const waits = deliveredAt().map((at, index, all) => at - (all[index - 1] ?? 0));
    expect(waits).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 240_000, 300_000, 300_000]);
    expect(server.pending()).toEqual([]);
  });

  it("counts retries, executions and the previous answer in the headers", async () => {
    await open({ minBackoffMs: 1_000 });
    const answers = [503, 429, 200];
    respond = (response) => response.writeHead(answers[deliveries.length - 1] ?? 200).end();
    await create("a");
    await server.settled();
    await advance(1_000);
    await advance(2_000);
    const headers = deliveries.map((delivery) => delivery.headers);
    expect(headers.map((header) => header["x-cloudtasks-taskretrycount"])).toEqual(["0", "1", "2"]);
    expect(headers.map((header) => header["x-cloudtasks-taskexecutioncount"])).toEqual(["0", "0", "1"]);
    expect(headers.map((header) => header["x-cloudtasks-taskpreviousresponse"])).toEqual([
      undefined,
      "503",
      "429",
    ]);
    expect(server.pending()).toEqual([]);
  });

  it("goes on beyond the attempts while the retry duration lasts", async () => {
    await open({ minBackoffMs: 1_000, maxBackoffMs: 1_000, maxAttempts: 2, maxRetryDurationMs: 3_500 });
    respond = (response) => response.writeHead(500).end();
    await create("a");
    await server.settled();
    for (let second = 0; second < 10; second += 1) await advance(1_000);
    expect(deliveredAt()).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  it("cuts off a handler that misses the dispatch deadline and tries again", async () => {
    await open({ minBackoffMs: 5_000 });
    respond = (response) => {
      if (deliveries.length > 1) response.writeHead(200).end();
      else arrived();
    };
    let arrived = () => {};
    const hanging = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await create("slow");
    await hanging;
    await advance(60_000);
    const [{ lastAttempt }] = await client.getTask({ name: `${queue}/tasks/slow` });
    expect(lastAttempt?.responseStatus).toMatchObject({ code: 4 });
    await advance(5_000);
    expect(deliveredAt()).toEqual([0, 65_000]);
    expect(server.pending()).toEqual([]);
  });

  it("tries again when nobody listens at the URL", async () => {
    await open({ minBackoffMs: 1_000, maxAttempts: 2 });
    const unreachable = task("a");
    unreachable.httpRequest.url = "http://127.0.0.1:1/";
    await client.createTask({ parent: queue, task: unreachable });
    await server.settled();
    expect(server.pending()).toMatchObject([{ scheduledAt: startMs + 1_000 }]);
    await advance(1_000);
    expect(server.pending()).toEqual([]);
  });
});

describe("limits", () => {
  it("spends its burst and then follows the dispatch rate exactly", async () => {
    await open({ maxDispatchesPerSecond: 10 });
    for (const id of ["a", "b", "c", "d", "e"]) await create(id, 1_000);
    await advance(1_000);
    for (let step = 0; step < 40; step += 1) await advance(10);
    expect(deliveredAt()).toEqual([1_000, 1_000, 1_100, 1_200, 1_300]);
  });

  it("never has more dispatches on the way than allowed", async () => {
    await open({ maxConcurrentDispatches: 2 });
    const held: ServerResponse[] = [];
    let most = 0;
    respond = (response) => {
      held.push(response);
      most = Math.max(most, held.length);
      if (held.length < 2) return;
      for (const waiting of held.splice(0)) waiting.writeHead(200).end();
    };
    for (const id of ["a", "b", "c", "d", "e", "f"]) await create(id, 1_000);
    clock.advance(1_000);
    await server.idle();
    expect(deliveries).toHaveLength(6);
    expect(most).toBe(2);
  });
});

describe("queues", () => {
  it("delivers nothing while paused and everything after resuming", async () => {
    await open();
    const [paused] = await client.pauseQueue({ name: queue });
    expect(paused.state).toBe("PAUSED");
    await create("a");
    await create("b", 1_000);
    await advance(2_000);
    expect(deliveries).toEqual([]);
    await client.resumeQueue({ name: queue });
    await server.idle();
    expect(deliveredTasks()).toEqual(["a", "b"]);
  });

  it("runs a task before its time, even in a paused queue", async () => {
    await open();
    await client.pauseQueue({ name: queue });
    await create("a", 60_000);
    const [ran] = await client.runTask({ name: `${queue}/tasks/a` });
    await server.settled();
    expect(ran.dispatchCount).toBe(1);
    expect(deliveredAt()).toEqual([0]);
    expect(server.pending()).toEqual([]);
  });

  it("purges what waits", async () => {
    await open();
    await create("a", 1_000);
    await create("b", 2_000);
    const [purged] = await client.purgeQueue({ name: queue });
    expect(Number(purged.purgeTime?.seconds)).toBe(startMs / 1_000);
    await advance(5_000);
    expect(deliveries).toEqual([]);
  });

  it("lists the tasks that wait, page by page", async () => {
    await open();
    for (const id of ["c", "a", "b"]) await create(id, 1_000);
    const ids: string[] = [];
    for await (const listed of client.listTasksAsync({ parent: queue, pageSize: 2 })) {
      ids.push(String(listed.name?.split("/").pop()));
    }
    expect(ids).toEqual(["a", "b", "c"]);
  });

  it("shows the payload only in the full view", async () => {
    await open();
    await create("a", 1_000);
    const name = `${queue}/tasks/a`;
    const [basic] = await client.getTask({ name });
    const [full] = await client.getTask({ name, responseView: "FULL" });
    expect(basic.httpRequest?.body?.length ?? 0).toBe(0);
    expect(Buffer.from(full.httpRequest?.body ?? "").toString()).toBe('{"data":{"id":"a"}}');
    expect(Number(full.scheduleTime?.seconds)).toBe(startMs / 1_000 + 1);
  });

  it("creates, describes, changes and lists queues", async () => {
    await open({ maxAttempts: 5 });
    const parent = client.locationPath("demo-reelay", "us-central1");
    const other = client.queuePath("demo-reelay", "us-central1", "other");
    const [created] = await client.createQueue({
      parent,
      queue: { name: other, retryConfig: { maxAttempts: 3, minBackoff: { seconds: 2 } } },
    });
    expect(created.retryConfig).toMatchObject({ maxAttempts: 3, maxDoublings: 16 });
    await expect(client.createQueue({ parent, queue: { name: other } })).rejects.toMatchObject({ code: 6 });
    const [updated] = await client.updateQueue({
      queue: { name: other, rateLimits: { maxConcurrentDispatches: 7 }, retryConfig: { maxAttempts: 9 } },
      updateMask: { paths: ["rate_limits.max_concurrent_dispatches"] },
    });
    expect(updated).toMatchObject({
      rateLimits: { maxConcurrentDispatches: 7, maxDispatchesPerSecond: 500 },
      retryConfig: { maxAttempts: 3 },
    });
    const [known] = await client.getQueue({ name: queue });
    expect(known).toMatchObject({ state: "RUNNING", retryConfig: { maxAttempts: 5 } });
    const [queues] = await client.listQueues({ parent });
    expect(queues.map(({ name }) => name)).toEqual([queue, other]);
  });

  it("refuses tasks for a deleted queue with FAILED_PRECONDITION", async () => {
    await open();
    await client.deleteQueue({ name: queue });
    await expect(create("a")).rejects.toMatchObject({ code: 9 });
    await expect(client.getQueue({ name: queue })).rejects.toMatchObject({ code: 5 });
  });
});

describe("refusals", () => {
  it.each([
    ["a name with a slash", { name: "a/b" }],
    ["a schedule beyond 30 days", { scheduleTime: { seconds: startMs / 1_000 + 31 * 86_400 } }],
    ["a deadline under 15 seconds", { dispatchDeadline: { seconds: 5 } }],
    ["a URL that is not HTTP", { httpRequest: { url: "ftp://127.0.0.1/" } }],
    ["no request", { httpRequest: null }],
  ])("reports %s as INVALID_ARGUMENT", async (_, wrong) => {
    await open();
    const sent = { ...task("a"), ...wrong };
    if ("name" in wrong) sent.name = `${queue}/tasks/${wrong.name}`;
    await expect(client.createTask({ parent: queue, task: sent })).rejects.toMatchObject({ code: 3 });
    expect(server.pending()).toEqual([]);
  });
});

describe("closing", () => {
  it("cuts deliveries off and leaves nothing behind", async () => {
    await open();
    let arrived = () => {};
    const hanging = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    respond = () => arrived();
    await create("hangs");
    await create("waits", 1_000);
    await hanging;
    await server.close();
    await server.idle();
    clock.advance(10_000);
    expect(deliveredTasks()).toEqual(["hangs"]);
  });
});
