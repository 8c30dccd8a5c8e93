import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import type { Task } from "../../domain/job/tasks.js";
import type { Deps } from "../deps.js";
import { storeOverdue } from "./store-overdue.js";
import { sweep } from "./sweep.js";

/** The ways in which a queue does nothing. */
const manners = {
  "refuses every task: a role is missing": async () => {
    throw Object.assign(new Error("7 PERMISSION_DENIED: cloudtasks.tasks.create"), { code: 7 });
  },
  "takes every task, and no function lets it in": async () => {},
} satisfies Record<string, Deps["queue"]["enqueue"]>;

const minute = async (world: World, deps: Deps) => {
  world.advance(60);
  await sweep(deps);
  await storeOverdue(deps);
};

const errorsOf = (world: World) => world.log.lines.filter(({ level }) => level === "error");
/** A note of a kind of task that runs, as its function writes it. */
const note = (world: World, type: Task["type"]) => world.deps.taskRuns.note(type);

describe("a queue that does nothing", () => {
  it.each(Object.entries(manners))("and %s: every job is finished, paid once, stored", async (_, enqueue) => {
    const world = createWorld();
    const deps = { ...world.deps, queue: { enqueue } };
    world.deps.queue.enqueue = enqueue;
    const jobs = [];
    for (let count = 0; count < 10; count += 1) jobs.push(await world.submit());
    for (let minutes = 0; minutes < 30; minutes += 1) await minute(world, deps);
    for (const { id } of jobs) expect(await world.job(id)).toMatchObject({ status: "completed" });
    expect(world.paidStarts()).toHaveLength(10);
    await expectSettled(world);
  });

  it("is told of by its kind: tasks are not created, or are created and do not run", async () => {
    const told = [];
    for (const enqueue of Object.values(manners)) {
      const world = createWorld();
      const deps = { ...world.deps, queue: { enqueue } };
      world.deps.queue.enqueue = enqueue;
      await world.submit();
      for (let minutes = 0; minutes < 6; minutes += 1) await minute(world, deps);
      told.push([...new Set(errorsOf(world).map(({ event }) => event))]);
    }
    expect(told).toEqual([["tasks.not_created"], ["tasks.not_run"]]);
  });

  it("does not let a job fail at its deadline that is finished and was never read", async () => {
    const world = createWorld();
    const deps = {
      ...world.deps,
      queue: { enqueue: manners["takes every task, and no function lets it in"] },
    };
    world.deps.queue.enqueue = deps.queue.enqueue;
    const { id } = await world.submit({ deadlineSeconds: 600 });
    await minute(world, deps);
    expect((await world.job(id)).status).toBe("generating");
    world.advance(3_600);
    for (let minutes = 0; minutes < 5; minutes += 1) await minute(world, deps);
    expect(await world.job(id)).toMatchObject({ status: "completed" });
  });

  it("loses no file that was due while it still ran, and stopped right after", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    while ((await world.job(id)).status !== "storing") {
      world.advance(Math.max(0, (world.queue.nextDueAt() ?? 0) - world.now()) / 1_000);
      await world.runDue();
    }
    world.advance(10);
    await note(world, "store");
    const deps = { ...world.deps, queue: { enqueue: async () => {} } };
    for (let minutes = 0; minutes < 6; minutes += 1) await minute(world, deps);
    expect((await world.job(id)).status).toBe("completed");
  });

  it("stops only what it stops: tasks of the other kinds go their way", async () => {
    const world = createWorld();
    const enqueue: Deps["queue"]["enqueue"] = async (name, task, dueAt) => {
      if (task.type !== "store") await world.queue.enqueue(`kept:${name}`, task, dueAt);
    };
    const deps = { ...world.deps, queue: { enqueue } };
    const { id } = await world.submit();
    for (let seconds = 0; seconds < 1_200; seconds += 5) {
      world.advance(5);
      await world.runDue(deps);
      if (seconds % 60 === 0) await sweep(deps);
    }
    expect((await world.job(id)).status).toBe("storing");
    expect(new Set(errorsOf(world).map(({ fields }) => fields.type))).toEqual(new Set(["store"]));
    expect(await storeOverdue(deps)).toBe(1);
    expect((await world.job(id)).status).toBe("completed");
  });
});

describe("a queue that runs", () => {
  it("has no poll doubled by the sweeper", async () => {
    const asked = { bySweeps: 0, byTasks: 0 };
    let isSweeping = false;
    const world = createWorld({
      wrap: (provider) => ({
        ...provider,
        status: (operation) => {
          if (isSweeping) asked.bySweeps += 1;
          else asked.byTasks += 1;
          return provider.status(operation);
        },
      }),
    });
    for (let count = 0; count < 5; count += 1) await world.submit();
    for (let seconds = 0; seconds < 900; seconds += 5) {
      world.advance(5);
      await world.runDue();
      isSweeping = seconds % 60 === 0;
      if (isSweeping) await sweep(world.deps);
      isSweeping = false;
    }
    expect(world.notifier.ended).toHaveLength(5);
    expect(asked.byTasks).toBeGreaterThan(10);
    expect(asked.bySweeps).toBe(0);
    expect(errorsOf(world)).toEqual([]);
  });

  it("stores every file by its task, also after tasks of it were lost", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    while ((await world.job(id)).status !== "storing") {
      world.advance(Math.max(0, (world.queue.nextDueAt() ?? 0) - world.now()) / 1_000);
      await world.runDue();
    }
    world.loseTasks();
    world.advance(60);
    await sweep(world.deps);
    expect((await world.job(id)).status).toBe("storing");
    await note(world, "store");
    expect(await storeOverdue(world.deps)).toBe(0);
    await world.runDue();
    expect((await world.job(id)).status).toBe("completed");
  });
});
