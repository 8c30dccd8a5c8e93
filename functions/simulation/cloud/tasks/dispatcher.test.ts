import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "@jest/globals";
import { openTasksWorld, startMs, type TasksWorld } from "../__fixtures__/tasks-world.js";

let at: TasksWorld;

afterEach(() => at.close());

const deliveredAt = ({ deliveries }: TasksWorld) => deliveries.map((delivery) => delivery.at);

describe("retries", () => {
  it("doubles, then grows evenly, then stays at the longest wait, and gives up", async () => {
    at = await openTasksWorld({
      minBackoffMs: 10_000,
      maxBackoffMs: 300_000,
      maxDoublings: 3,
      maxAttempts: 9,
    });
    at.respond = (response) => response.writeHead(500).end();
    await at.create("failing");
    await at.server.settled();
    for (let second = 0; second < 2_000; second += 10) await at.advance(10_000);
    // The example of RetryConfig.max_doublings: 10, 20, 40, 80, 160, 240, 300, 300.
    const waits = deliveredAt(at).map((at, index, all) => at - (all[index - 1] ?? 0));
    expect(waits).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 240_000, 300_000, 300_000]);
    expect(at.server.pending()).toEqual([]);
  });

  it("counts retries, executions and the previous answer in the headers", async () => {
    at = await openTasksWorld({ minBackoffMs: 1_000 });
    const answers = [503, 429, 200];
    at.respond = (response) => response.writeHead(answers[at.deliveries.length - 1] ?? 200).end();
    await at.create("a");
    await at.server.settled();
    await at.advance(1_000);
    await at.advance(2_000);
    const headers = at.deliveries.map((delivery) => delivery.headers);
    expect(headers.map((header) => header["x-cloudtasks-taskretrycount"])).toEqual(["0", "1", "2"]);
    expect(headers.map((header) => header["x-cloudtasks-taskexecutioncount"])).toEqual(["0", "0", "1"]);
    expect(headers.map((header) => header["x-cloudtasks-taskpreviousresponse"])).toEqual([
      undefined,
      "503",
      "429",
    ]);
    expect(at.server.pending()).toEqual([]);
  });

  it("goes on beyond the attempts while the retry duration lasts", async () => {
    at = await openTasksWorld({
      minBackoffMs: 1_000,
      maxBackoffMs: 1_000,
      maxAttempts: 2,
      maxRetryDurationMs: 3_500,
    });
    at.respond = (response) => response.writeHead(500).end();
    await at.create("a");
    await at.server.settled();
    for (let second = 0; second < 10; second += 1) await at.advance(1_000);
    expect(deliveredAt(at)).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  it("cuts off a handler that misses the dispatch deadline and tries again", async () => {
    at = await openTasksWorld({ minBackoffMs: 5_000 });
    at.respond = (response) => {
      if (at.deliveries.length > 1) response.writeHead(200).end();
      else arrived();
    };
    let arrived = () => {};
    const hanging = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await at.create("slow");
    await hanging;
    await at.advance(60_000);
    const [{ lastAttempt }] = await at.client.getTask({ name: `${at.queue}/tasks/slow` });
    expect(lastAttempt?.responseStatus).toMatchObject({ code: 4 });
    await at.advance(5_000);
    expect(deliveredAt(at)).toEqual([0, 65_000]);
    expect(at.server.pending()).toEqual([]);
  });

  it("tries again when nobody listens at the URL", async () => {
    at = await openTasksWorld({ minBackoffMs: 1_000, maxAttempts: 2 });
    const unreachable = at.task("a");
    unreachable.httpRequest.url = "http://127.0.0.1:1/";
    await at.client.createTask({ parent: at.queue, task: unreachable });
    await at.server.settled();
    expect(at.server.pending()).toMatchObject([{ scheduledAt: startMs + 1_000 }]);
    await at.advance(1_000);
    expect(at.server.pending()).toEqual([]);
  });
});

describe("limits", () => {
  it("spends its burst and then follows the dispatch rate exactly", async () => {
    at = await openTasksWorld({ maxDispatchesPerSecond: 10 });
    for (const id of ["a", "b", "c", "d", "e"]) await at.create(id, 1_000);
    await at.advance(1_000);
    for (let step = 0; step < 40; step += 1) await at.advance(10);
    expect(deliveredAt(at)).toEqual([1_000, 1_000, 1_100, 1_200, 1_300]);
  });

  it("never has more dispatches on the way than allowed", async () => {
    at = await openTasksWorld({ maxConcurrentDispatches: 2 });
    const held: ServerResponse[] = [];
    let most = 0;
    at.respond = (response) => {
      held.push(response);
      most = Math.max(most, held.length);
      if (held.length < 2) return;
      for (const waiting of held.splice(0)) waiting.writeHead(200).end();
    };
    for (const id of ["a", "b", "c", "d", "e", "f"]) await at.create(id, 1_000);
    at.clock.advance(1_000);
    await at.server.idle();
    expect(at.deliveries).toHaveLength(6);
    expect(most).toBe(2);
  });
});
