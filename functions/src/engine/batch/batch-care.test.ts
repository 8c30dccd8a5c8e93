import { describe, expect, it } from "@jest/globals";
import { dyingProcess } from "../../../simulation/kit/intercept-calls.js";
import { batchOf, fiveClips, keyOf, pairs } from "../../../test/engine/clips.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import type { Batch } from "../../domain/batch/batch.js";
import type { Deps } from "../deps.js";
import { runTask } from "../run-task.js";
import { cleanUp } from "../upkeep/clean-up.js";
import { sweep } from "../upkeep/sweep.js";
import { cancelBatch, describeBatch } from "./batch.js";
import { retryItem } from "./retry-item.js";
import { submitClips } from "./submit-batch.js";

describe("the clean-up", () => {
  it("takes a batch with its clips, but not before it has ended", async () => {
    const world = createWorld();
    const { id } = await submitClips(world.deps, caller, fiveClips);
    expect(await cleanUp(world.deps, { olderThanDays: 0, dryRun: false })).toMatchObject({ batches: [] });
    await world.run(900);
    world.advance(100 * 86_400);
    expect(await cleanUp(world.deps, { olderThanDays: 90, dryRun: true })).toMatchObject({ batches: [id] });
    expect(world.database.batches.size).toBe(1);
    await cleanUp(world.deps, { olderThanDays: 90, dryRun: false });
    expect(world.database.batches.size).toBe(0);
    expect(world.database.jobs.size).toBe(0);
  });
});

describe("a batch that is out of order when its jobs end", () => {
  it("is told later, and the job is not forgotten until it was", async () => {
    const world = createWorld();
    const { id } = await submitClips(world.deps, caller, fiveClips);
    const update = async () => {
      throw new Error("the batch cannot be written");
    };
    const deps: Deps = { ...world.deps, batches: { ...world.deps.batches, update } };
    const open = () => [...world.database.jobs.values()].some(({ endedAt }) => endedAt === null);
    for (let steps = 0; steps < 200 && open(); steps += 1) {
      world.advance(Math.max(0, (world.queue.nextDueAt() ?? world.now()) - world.now()) / 1_000);
      for (const task of world.queue.takeDue(world.now())) await runTask(deps, task);
    }
    const untold = await batchOf(world, id);
    expect(untold).toMatchObject({ counts: { running: 5 } });
    expect(await describeBatch(world.deps, untold)).toMatchObject({ counts: { completed: 5 }, percent: 100 });
    world.advance(60);
    await sweep(world.deps);
    expect(await batchOf(world, id)).toMatchObject({ status: "completed", counts: { completed: 5 } });
    await expectSettled(world);
  });
});

describe("a cancellation of all clips", () => {
  it("ends what runs, keeps what is finished and releases the rest", async () => {
    const world = createWorld();
    const order = { ...fiveClips, providers: { only: ["runway"] } };
    const { id } = await submitClips(world.deps, caller, { ...order, durationSeconds: 8 });
    await world.runDue();
    const done = (await batchOf(world, id)).items["2"]?.jobId ?? "";
    while ((await world.job(done)).status !== "completed") await world.run(1);
    const finished = (await batchOf(world, id)).counts.completed;
    const cancelled = await cancelBatch(world.deps, await batchOf(world, id), "owner");
    expect(cancelled.counts).toMatchObject({ running: 0, completed: finished, cancelled: 5 - finished });
    await world.run(3_600);
    expect((await batchOf(world, id)).counts).toEqual(cancelled.counts);
    await expectSettled(world);
  });

  it("can be followed by a retry of one of them", async () => {
    const world = createWorld();
    const { id } = await submitClips(world.deps, caller, fiveClips);
    const cancelled = await cancelBatch(world.deps, await batchOf(world, id), "owner");
    expect(cancelled.status).toBe("cancelled");
    await retryItem(world.deps, caller, cancelled, "4");
    await world.run(900);
    expect(await batchOf(world, id)).toMatchObject({
      status: "partly_completed",
      counts: { completed: 1, cancelled: 4 },
    });
    await expectSettled(world);
  });
});

describe("a process that dies at any one of its calls to the world", () => {
  const order = { ...fiveClips, frames: pairs(2), requestId: "order-1" };

  async function callsOf(run: (deps: Deps) => Promise<unknown>, world: World): Promise<number> {
    const immortal = dyingProcess(world.deps, { atCall: Number.POSITIVE_INFINITY, when: "before" });
    await run(immortal.deps);
    return immortal.calls();
  }

  it.each(["before", "after"] as const)(
    "%s the call while it creates clips: all of them are made, or none",
    async (when) => {
      const calls = await callsOf((deps) => submitClips(deps, caller, order), createWorld());
      expect(calls).toBeGreaterThan(4);
      for (let atCall = 1; atCall <= calls; atCall += 1) {
        const world = createWorld();
        const dying = dyingProcess(world.deps, { atCall, when });
        await Promise.race([submitClips(dying.deps, caller, order), dying.died]);
        expect([0, 2]).toContain(world.database.jobs.size);
        await world.run(900);
        const batch = await submitClips(world.deps, caller, order);
        await world.run(900);
        expect([atCall, await batchOf(world, batch.id)]).toMatchObject([
          atCall,
          { counts: { completed: 2 } },
        ]);
        expect(world.paidStarts()).toHaveLength(2);
        await expectSettled(world);
      }
    },
  );

  async function failedPair(): Promise<{ world: World; batch: Batch; key: string }> {
    const world = createWorld({ faults: ["runware:fail*1"] });
    const { id } = await submitClips(world.deps, caller, order);
    await world.run(900);
    const batch = await batchOf(world, id);
    return { world, batch, key: keyOf(batch, "failed") };
  }

  it.each(["before", "after"] as const)(
    "%s the call while it retries one: the batch knows in the end, and it costs one start",
    async (when) => {
      const first = await failedPair();
      const calls = await callsOf((deps) => retryItem(deps, caller, first.batch, first.key), first.world);
      expect(calls).toBeGreaterThan(4);
      for (let atCall = 1; atCall <= calls; atCall += 1) {
        const { world, batch, key } = await failedPair();
        const dying = dyingProcess(world.deps, { atCall, when });
        await Promise.race([retryItem(dying.deps, caller, batch, key), dying.died]);
        await world.run(900);
        const now = await batchOf(world, batch.id);
        if (now.items[key]?.status === "failed") await retryItem(world.deps, caller, now, key);
        await world.run(900);
        expect([atCall, await batchOf(world, batch.id)]).toMatchObject([
          atCall,
          { counts: { completed: 2 } },
        ]);
        expect(world.paidStarts()).toHaveLength(3);
        await expectSettled(world);
      }
    },
  );
});
