import { afterEach, describe, expect, it } from "@jest/globals";
import { openTasksWorld, startMs, type TasksWorld } from "./__fixtures__/tasks-world.js";

let at: TasksWorld;

afterEach(() => at.close());

const deliveredTasks = ({ deliveries }: TasksWorld) => deliveries.map(({ task }) => task);

describe("delivery", () => {
  it("holds a task back until its time and then delivers it with the headers of Cloud Tasks", async () => {
    at = await openTasksWorld();
    await at.create("later", 30_500);
    await at.advance(30_499);
    expect(at.deliveries).toEqual([]);
    await at.advance(1);
    expect(at.deliveries).toMatchObject([
      {
        at: 30_500,
        body: '{"data":{}}',
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
    expect(at.server.pending()).toEqual([]);
  });

  it("delivers a task without a time at once, under a generated name", async () => {
    at = await openTasksWorld();
    const { httpRequest } = at.task("ignored");
    const [created] = await at.client.createTask({ parent: at.queue, task: { httpRequest } });
    await at.server.idle();
    expect(created.name?.startsWith(`${at.queue}/tasks/`)).toBe(true);
    expect(deliveredTasks(at)).toEqual([created.name?.split("/").pop()]);
  });

  it("identifies itself with the service account that the task names", async () => {
    at = await openTasksWorld();
    await at.create("a");
    await at.server.idle();
    const [, claims = ""] = String(at.deliveries[0]?.headers.authorization).split(".");
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      email: "runner@demo-reelay.iam.gserviceaccount.com",
      aud: at.task("a").httpRequest.url,
    });
  });

  it("delivers in the order of the due times", async () => {
    at = await openTasksWorld({ maxConcurrentDispatches: 1 });
    await at.create("third", 300);
    await at.create("first", 100);
    await at.create("second", 200);
    at.clock.advance(1_000);
    await at.server.idle();
    expect(deliveredTasks(at)).toEqual(["first", "second", "third"]);
  });
});

describe("names", () => {
  it("refuses the name of a pending task with ALREADY_EXISTS", async () => {
    at = await openTasksWorld();
    await at.create("once", 1_000);
    await expect(at.create("once")).rejects.toMatchObject({ code: 6 });
    expect(at.server.pending()).toHaveLength(1);
  });

  it("keeps a name taken for an hour after the task ran", async () => {
    at = await openTasksWorld();
    await at.create("once");
    await at.server.idle();
    await at.advance(3_599_999);
    await expect(at.create("once")).rejects.toMatchObject({ code: 6 });
    await at.advance(1);
    await at.create("once");
    await at.server.idle();
    expect(deliveredTasks(at)).toEqual(["once", "once"]);
  });

  it("keeps a name taken after a delete, and does not deliver the deleted task", async () => {
    at = await openTasksWorld();
    await at.create("gone", 1_000);
    await at.client.deleteTask({ name: `${at.queue}/tasks/gone` });
    await expect(at.create("gone")).rejects.toMatchObject({ code: 6 });
    await at.advance(5_000);
    expect(at.deliveries).toEqual([]);
  });

  it("reports NOT_FOUND for a task that never was and for one that has run", async () => {
    at = await openTasksWorld();
    await at.create("done");
    await at.server.idle();
    for (const id of ["never", "done"]) {
      await expect(at.client.deleteTask({ name: `${at.queue}/tasks/${id}` })).rejects.toMatchObject({
        code: 5,
      });
      await expect(at.client.getTask({ name: `${at.queue}/tasks/${id}` })).rejects.toMatchObject({ code: 5 });
    }
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
    at = await openTasksWorld();
    const sent = { ...at.task("a"), ...wrong };
    if ("name" in wrong) sent.name = `${at.queue}/tasks/${wrong.name}`;
    await expect(at.client.createTask({ parent: at.queue, task: sent })).rejects.toMatchObject({ code: 3 });
    expect(at.server.pending()).toEqual([]);
  });
});

describe("closing", () => {
  it("cuts deliveries off and leaves nothing behind", async () => {
    at = await openTasksWorld();
    let arrived = () => {};
    const hanging = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    at.respond = () => arrived();
    await at.create("hangs");
    await at.create("waits", 1_000);
    await hanging;
    await at.server.close();
    await at.server.idle();
    at.clock.advance(10_000);
    expect(deliveredTasks(at)).toEqual(["hangs"]);
  });
});
