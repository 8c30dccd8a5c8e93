import { describe, expect, it } from "@jest/globals";
import { dyingProcess } from "../../../simulation/kit/intercept-calls.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import type { JobStatus } from "../../domain/job/job.js";
import { storeOverdue } from "./store-overdue.js";
import { sweep } from "./sweep.js";

const withKey = { providers: { only: ["runware:google:3@3"] } };

describe("the sweeper", () => {
  it.each<JobStatus>(["queued", "generating", "storing"])(
    "rebuilds every task of a job that is %s after all were deleted",
    async (status) => {
      const world = createWorld();
      const { id } = await world.submit();
      while ((await world.job(id)).status !== status) await stepOnce(world);
      world.loseTasks();
      await world.run(900);
      expect((await world.job(id)).status).toBe("completed");
      expect(world.paidStarts()).toHaveLength(1);
      await expectSettled(world);
    },
  );

  it("carries a job even when every single task is lost", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    for (let minute = 0; minute < 20; minute += 1) {
      world.loseTasks();
      world.advance(60);
      await sweep(world.deps);
      await storeOverdue(world.deps);
    }
    expect((await world.job(id)).status).toBe("completed");
    await expectSettled(world);
  });

  it("leaves a job alone that moves by itself", async () => {
    const world = createWorld();
    await world.submit();
    expect(await sweep(world.deps)).toEqual({ looked: 0, failed: 0 });
  });

  it("notifies later when the inbox was out of order, and once is enough", async () => {
    const world = createWorld();
    let broken = true;
    const notifier = {
      jobEnded: async (...[job, low]: Parameters<typeof world.notifier.jobEnded>) => {
        if (broken) throw new Error("the inbox is out of order");
        await world.notifier.jobEnded(job, low);
      },
    };
    const deps = { ...world.deps, notifier };
    const { id } = await world.submit();
    for (let steps = 0; steps < 20 && (await world.job(id)).endedAt === null; steps += 1)
      await stepOnce(world, deps);
    expect(await world.job(id)).toMatchObject({ status: "completed", outbox: [{ type: "notify" }] });
    broken = false;
    await world.run(120);
    expect(world.notifier.ended).toHaveLength(1);
    await expectSettled(world);
  });

  it("is not held up by one job whose provider hangs", async () => {
    const world = createWorld();
    const [first, second] = [await world.submit(), await world.submit()];
    world.loseTasks();
    world.advance(60);
    const jobs = {
      ...world.deps.jobs,
      get: (jobId: string) =>
        jobId === first.id ? new Promise<never>(() => {}) : world.deps.jobs.get(jobId),
    };
    void sweep({ ...world.deps, jobs });
    await new Promise((resolve) => setImmediate(resolve));
    expect((await world.job(second.id)).status).toBe("generating");
  });

  it("is not stopped by one job that cannot be looked after", async () => {
    const world = createWorld();
    const [first, second] = [await world.submit(), await world.submit()];
    world.loseTasks();
    world.advance(60);
    const jobs = {
      ...world.deps.jobs,
      get: async (jobId: string) => {
        if (jobId === first.id) throw new Error("this document cannot be read");
        return world.deps.jobs.get(jobId);
      },
    };
    expect(await sweep({ ...world.deps, jobs })).toEqual({ looked: 2, failed: 1 });
    expect((await world.job(second.id)).status).toBe("generating");
  });
});

describe("a process that dies at any one of its calls to the world", () => {
  it.each(["before", "after"] as const)("%s the call: the job is finished and paid once", async (when) => {
    const calls = await countCalls();
    expect(calls).toBeGreaterThan(20);
    for (let atCall = 1; atCall <= calls; atCall += 1) {
      const world = createWorld();
      const { id } = await world.submit(withKey);
      const dying = dyingProcess(world.deps, { atCall, when });
      await Promise.race([runToEnd(world, dying.deps, id), dying.died]);
      await world.run(1_800);
      expect([atCall, (await world.job(id)).status]).toEqual([atCall, "completed"]);
      expect(world.paidStarts()).toHaveLength(1);
      await expectSettled(world);
    }
  });
});

async function countCalls(): Promise<number> {
  const world = createWorld();
  const { id } = await world.submit(withKey);
  const immortal = dyingProcess(world.deps, { atCall: Number.POSITIVE_INFINITY, when: "before" });
  await runToEnd(world, immortal.deps, id);
  return immortal.calls();
}

async function runToEnd(world: World, deps: World["deps"], jobId: string): Promise<void> {
  while ((await world.job(jobId)).endedAt === null) await stepOnce(world, deps);
}

/** Moves to the next task and runs it; what it leads to waits for the next step. */
async function stepOnce(world: World, deps = world.deps): Promise<void> {
  const waitMs = Math.max(0, (world.queue.nextDueAt() ?? world.now()) - world.now());
  world.advance(waitMs / 1_000);
  await world.runDue(deps);
}
