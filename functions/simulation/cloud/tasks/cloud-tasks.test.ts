import { afterEach, describe, expect, it } from "@jest/globals";
import { openTasksWorld, startMs, type TasksWorld } from "../__fixtures__/tasks-world.js";

let at: TasksWorld;

afterEach(() => at.close());

const deliveredAt = ({ deliveries }: TasksWorld) => deliveries.map((delivery) => delivery.at);
const deliveredTasks = ({ deliveries }: TasksWorld) => deliveries.map(({ task }) => task);

describe("queues", () => {
  it("delivers nothing while paused and everything after resuming", async () => {
    at = await openTasksWorld();
    const [paused] = await at.client.pauseQueue({ name: at.queue });
    expect(paused.state).toBe("PAUSED");
    await at.create("a");
    await at.create("b", 1_000);
    await at.advance(2_000);
    expect(at.deliveries).toEqual([]);
    await at.client.resumeQueue({ name: at.queue });
    await at.server.idle();
    expect(deliveredTasks(at)).toEqual(["a", "b"]);
  });

  it("runs a task before its time, even in a paused queue", async () => {
    at = await openTasksWorld();
    await at.client.pauseQueue({ name: at.queue });
    await at.create("a", 60_000);
    const [ran] = await at.client.runTask({ name: `${at.queue}/tasks/a` });
    await at.server.settled();
    expect(ran.dispatchCount).toBe(1);
    expect(deliveredAt(at)).toEqual([0]);
    expect(at.server.pending()).toEqual([]);
  });

  it("purges what waits", async () => {
    at = await openTasksWorld();
    await at.create("a", 1_000);
    await at.create("b", 2_000);
    const [purged] = await at.client.purgeQueue({ name: at.queue });
    expect(Number(purged.purgeTime?.seconds)).toBe(startMs / 1_000);
    await at.advance(5_000);
    expect(at.deliveries).toEqual([]);
  });

  it("lists the tasks that wait, page by page", async () => {
    at = await openTasksWorld();
    for (const id of ["c", "a", "b"]) await at.create(id, 1_000);
    const ids: string[] = [];
    for await (const listed of at.client.listTasksAsync(
      { parent: at.queue, pageSize: 2 },
      { autoPaginate: false },
    )) {
      ids.push(String(listed.name?.split("/").pop()));
    }
    expect(ids).toEqual(["a", "b", "c"]);
  });

  it("shows the payload only in the full view", async () => {
    at = await openTasksWorld();
    await at.create("a", 1_000);
    const name = `${at.queue}/tasks/a`;
    const [basic] = await at.client.getTask({ name });
    const [full] = await at.client.getTask({ name, responseView: "FULL" });
    expect(basic.httpRequest?.body?.length ?? 0).toBe(0);
    expect(Buffer.from(full.httpRequest?.body ?? "").toString()).toBe('{"data":{}}');
    expect(Number(full.scheduleTime?.seconds)).toBe(startMs / 1_000 + 1);
  });

  it("creates, describes, changes and lists queues", async () => {
    at = await openTasksWorld({ maxAttempts: 5 });
    const parent = at.client.locationPath("demo-reelay", "us-central1");
    const other = at.client.queuePath("demo-reelay", "us-central1", "other");
    const [created] = await at.client.createQueue({
      parent,
      queue: { name: other, retryConfig: { maxAttempts: 3, minBackoff: { seconds: 2 } } },
    });
    expect(created.retryConfig).toMatchObject({ maxAttempts: 3, maxDoublings: 16 });
    await expect(at.client.createQueue({ parent, queue: { name: other } })).rejects.toMatchObject({
      code: 6,
    });
    const [updated] = await at.client.updateQueue({
      queue: { name: other, rateLimits: { maxConcurrentDispatches: 7 }, retryConfig: { maxAttempts: 9 } },
      updateMask: { paths: ["rate_limits.max_concurrent_dispatches"] },
    });
    expect(updated).toMatchObject({
      rateLimits: { maxConcurrentDispatches: 7, maxDispatchesPerSecond: 500 },
      retryConfig: { maxAttempts: 3 },
    });
    const [known] = await at.client.getQueue({ name: at.queue });
    expect(known).toMatchObject({ state: "RUNNING", retryConfig: { maxAttempts: 5 } });
    const [queues] = await at.client.listQueues({ parent });
    expect(queues.map(({ name }) => name)).toEqual([at.queue, other]);
  });

  it("refuses tasks for a deleted queue with FAILED_PRECONDITION", async () => {
    at = await openTasksWorld();
    await at.client.deleteQueue({ name: at.queue });
    await expect(at.create("a")).rejects.toMatchObject({ code: 9 });
    await expect(at.client.getQueue({ name: at.queue })).rejects.toMatchObject({ code: 5 });
  });
});
