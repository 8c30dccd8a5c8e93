import { describe, expect, it } from "@jest/globals";
import type { Batch } from "../domain/batch.js";
import { RequestError } from "../domain/errors.js";
import { defaultPolicy } from "../domain/policy.js";
import { doomedProcess } from "./__fixtures__/crash.js";
import { expectSettled } from "./__fixtures__/settled.js";
import { caller, createWorld, runTask, type World } from "./__fixtures__/world.js";
import { cancelBatch } from "./cancel-batch.js";
import { cleanUp } from "./clean-up.js";
import { describeBatch } from "./find-batch.js";
import type { Deps } from "./ports.js";
import { redriveJob } from "./redrive-job.js";
import { retryItem } from "./retry-item.js";
import { submitClips } from "./submit-batch.js";
import { sweep } from "./sweep.js";

const images = "https://images.example.com";

function pairs(count: number) {
  const keys = Array.from({ length: count }, (_, index) => String(index + 1));
  return Object.fromEntries(
    keys.map((key) => [key, { first: `${images}/${key}a.png`, last: `${images}/${key}b.png` }]),
  );
}

/** Five clips of eight seconds: 16 credits each. The one model honours its key and bills each start once. */
const fiveClips = {
  frames: pairs(5),
  prompt: "The seed grows into a tall tree",
  providers: { only: ["runware:google:3@3"] },
};

async function batchOf(world: World, id: string): Promise<Batch> {
  const batch = await world.deps.batches.get(id);
  if (batch === null) throw new Error(`no batch ${id}`);
  return batch;
}

async function refusal(promise: Promise<unknown>): Promise<RequestError> {
  const error: unknown = await promise.then(
    () => new Error("it was accepted"),
    (reason: unknown) => reason,
  );
  if (error instanceof RequestError) return error;
  throw error;
}

function keyOf(batch: Batch, status: string): string {
  return Object.entries(batch.items).find(([, item]) => item.status === status)?.[0] ?? "";
}

/** Five clips of which the first one that starts is accepted and then fails. */
async function oneFailed(): Promise<{ world: World; id: string; key: string }> {
  const world = createWorld({ faults: ["runware:fail*1"] });
  const { id } = await submitClips(world.deps, caller, fiveClips);
  await world.run(900);
  return { world, id, key: keyOf(await batchOf(world, id), "failed") };
}

describe("clips from pairs of frames", () => {
  it("are made side by side and paid once each", async () => {
    const world = createWorld();
    const { id } = await submitClips(world.deps, caller, fiveClips);
    await world.runDue();
    expect(world.paidStarts()).toHaveLength(5);
    await world.run(900);
    const batch = await batchOf(world, id);
    expect(batch).toMatchObject({ status: "completed", counts: { total: 5, completed: 5 } });
    expect(world.paidStarts()).toHaveLength(5);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ spent: 80, held: 0 });
    await expectSettled(world);
  });

  it("go to the model that pairs of frames suit best, unless the caller says otherwise", async () => {
    const world = createWorld();
    const batch = await submitClips(world.deps, caller, { frames: pairs(2), prompt: "It grows" });
    await world.runDue();
    const { items } = await describeBatch(world.deps, batch);
    expect(Object.values(items).map(({ job }) => job?.provider)).toEqual(["runware", "runware"]);
  });

  it("are written to only when one of them has ended", async () => {
    const world = createWorld();
    const { id } = await submitClips(world.deps, caller, fiveClips);
    await world.run(900);
    expect((await batchOf(world, id)).version).toBe(6);
  });

  it("are not stopped by one that fails", async () => {
    const { world, id, key } = await oneFailed();
    const batch = await batchOf(world, id);
    expect(batch).toMatchObject({
      status: "partly_completed",
      counts: { total: 5, running: 0, completed: 4, failed: 1, cancelled: 0 },
    });
    expect(batch.items[key]).toMatchObject({ tries: 1, errorCode: "processing_failed" });
    expect(world.paidStarts()).toHaveLength(5);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ spent: 64, held: 0 });
    await expectSettled(world);
  });

  it("have as long as their models need, not a fixed half hour", async () => {
    const world = createWorld({ faults: ["runware:slow=20"] });
    const { id } = await submitClips(world.deps, caller, { ...fiveClips, deadlineSeconds: 10_000 });
    const { items } = await batchOf(world, id);
    const job = await world.job(items["1"]?.jobId ?? "");
    expect(job.deadlineAt - job.createdAt).toBe(10_000_000);
  });
});

describe("a request for clips that cannot be taken as a whole", () => {
  async function expectNothing(world: World): Promise<void> {
    expect(world.database.batches.size).toBe(0);
    expect(world.database.jobs.size).toBe(0);
    expect(world.queue.size()).toBe(0);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ held: 0, spent: 0 });
  }

  it("for lack of credits starts none of them, and says how many credits all need", async () => {
    const world = createWorld({ credits: 79 });
    const error = await refusal(submitClips(world.deps, caller, fiveClips));
    expect(error).toMatchObject({ code: "insufficient_credits", details: { needed: 80, available: 79 } });
    await expectNothing(world);
  });

  it("because one pair lacks a frame names that frame", async () => {
    const world = createWorld();
    const frames = { ...pairs(5), "3": { first: `${images}/3a.png` } };
    const error = await refusal(submitClips(world.deps, caller, { ...fiveClips, frames }));
    expect(error.message).toMatch(/^frames\.3\.last: is missing/);
    await expectNothing(world);
  });

  it("because nobody can make one of them names that one", async () => {
    const world = createWorld();
    const prompts = { "4": "x".repeat(3_900) };
    const error = await refusal(submitClips(world.deps, caller, { ...fiveClips, prompts }));
    expect(error).toMatchObject({ code: "invalid_argument", details: { key: "4" } });
    expect(error.message).toMatch(/^frames\.4: No model can make this/);
    await expectNothing(world);
  });

  it("because everybody is off says so and may be sent again", async () => {
    const world = createWorld();
    await world.deps.health.setSwitch("runware", "off");
    const error = await refusal(submitClips(world.deps, caller, fiveClips));
    expect(error.code).toBe("no_candidate");
    await expectNothing(world);
  });

  it("because it is more than a minute may start is refused whole", async () => {
    const policy = { ...defaultPolicy, limits: { ...defaultPolicy.limits, startsPerUserPerMinute: 4 } };
    const world = createWorld({ policy });
    expect((await refusal(submitClips(world.deps, caller, fiveClips))).code).toBe("rate_exceeded");
    await expectNothing(world);
  });

  it("because the day's credits do not suffice is refused whole", async () => {
    const budgets = { ...defaultPolicy.budgets, user: { usd: null, credits: 79 } };
    const world = createWorld({ policy: { ...defaultPolicy, budgets } });
    expect((await refusal(submitClips(world.deps, caller, fiveClips))).code).toBe("budget_exceeded");
    await expectNothing(world);
  });

  it("twice at once with credits for one is taken once", async () => {
    const world = createWorld({ credits: 100 });
    const results = await Promise.allSettled([1, 2, 3].map(() => submitClips(world.deps, caller, fiveClips)));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    await world.run(900);
    await expectSettled(world);
  });
});

describe("the same requestId", () => {
  it("gives the same clips, however often and however close together it is sent", async () => {
    const world = createWorld();
    const order = { ...fiveClips, requestId: "order-1" };
    const batches = await Promise.all([1, 2, 3].map(() => submitClips(world.deps, caller, order)));
    await world.run(900);
    const again = await submitClips(world.deps, caller, order);
    expect(new Set([...batches, again].map(({ id }) => id)).size).toBe(1);
    expect(again.status).toBe("completed");
    expect(world.paidStarts()).toHaveLength(5);
    await expectSettled(world);
  });

  it("with other clips is refused, and nothing more is held", async () => {
    const world = createWorld();
    const { id } = await submitClips(world.deps, caller, { ...fiveClips, requestId: "order-1" });
    const other = { ...fiveClips, prompt: "Something else", requestId: "order-1" };
    const error = await refusal(submitClips(world.deps, caller, other));
    expect(error).toMatchObject({ code: "already_exists", details: { batchId: id } });
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ held: 80 });
  });
});

describe("a retry of one clip", () => {
  it("costs one start and leaves the others alone", async () => {
    const { world, id, key } = await oneFailed();
    const before = await batchOf(world, id);
    const job = await retryItem(world.deps, caller, before, key);
    expect(job).toMatchObject({ status: "queued", heldCredits: 16, batch: { key, number: 2 } });
    expect(await batchOf(world, id)).toMatchObject({
      status: "running",
      counts: { running: 1, completed: 4 },
    });
    await world.run(900);
    const after = await batchOf(world, id);
    expect(after).toMatchObject({ status: "completed", counts: { completed: 5, failed: 0 } });
    expect(after.items[key]).toMatchObject({ tries: 2, jobId: job?.id });
    for (const other of Object.keys(before.items).filter((one) => one !== key)) {
      expect(after.items[other]).toEqual(before.items[other]);
    }
    expect(world.paidStarts()).toHaveLength(6);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ spent: 80, held: 0 });
    await expectSettled(world);
  });

  it("asked for twice at once makes one job", async () => {
    const { world, id, key } = await oneFailed();
    const batch = await batchOf(world, id);
    const jobs = await Promise.all([1, 2].map(() => retryItem(world.deps, caller, batch, key)));
    expect(jobs[0]?.id).toBe(jobs[1]?.id);
    await world.run(900);
    expect(world.paidStarts()).toHaveLength(6);
    await expectSettled(world);
  });

  it("of one that has not ended in vain starts nothing", async () => {
    const { world, id } = await oneFailed();
    const batch = await batchOf(world, id);
    expect(await retryItem(world.deps, caller, batch, keyOf(batch, "completed"))).toBeNull();
    expect(world.queue.size()).toBe(0);
  });

  it.each(["9", "constructor"])("of %s, which is not there, names those that are", async (key) => {
    const { world, id } = await oneFailed();
    const error = await refusal(retryItem(world.deps, caller, await batchOf(world, id), key));
    expect(error).toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining("1, 2, 3, 4, 5"),
    });
  });

  it("that fails as well can be followed by another", async () => {
    const { world, id, key } = await oneFailed();
    world.fault("runware:fail*1");
    await retryItem(world.deps, caller, await batchOf(world, id), key);
    await world.run(900);
    const again = await batchOf(world, id);
    expect(again.items[key]).toMatchObject({ tries: 2, status: "failed" });
    await retryItem(world.deps, caller, again, key);
    await world.run(900);
    expect((await batchOf(world, id)).items[key]).toMatchObject({ tries: 3, status: "completed" });
    expect(world.paidStarts()).toHaveLength(7);
    await expectSettled(world);
  });

  it("is refused for lack of credits, and the clip stays as it is", async () => {
    const world = createWorld({ faults: ["runware:fail*1"], credits: 80 });
    const { id } = await submitClips(world.deps, caller, fiveClips);
    await world.run(900);
    await submitClips(world.deps, caller, { ...fiveClips, frames: pairs(1) });
    const batch = await batchOf(world, id);
    const key = keyOf(batch, "failed");
    expect((await refusal(retryItem(world.deps, caller, batch, key))).code).toBe("insufficient_credits");
    expect(await batchOf(world, id)).toEqual(batch);
  });
});

describe("a clip that an administrator starts again", () => {
  it("takes the place of the failed one, each time", async () => {
    const { world, id, key } = await oneFailed();
    const failed = (await batchOf(world, id)).items[key]?.jobId ?? "";
    world.fault("runware:fail*1");
    await redriveJob(world.deps, "root", failed);
    expect(await batchOf(world, id)).toMatchObject({ status: "running", counts: { running: 1 } });
    await world.run(900);
    expect((await batchOf(world, id)).items[key]).toMatchObject({ tries: 2, status: "failed" });
    const again = await redriveJob(world.deps, "root", failed);
    await world.run(900);
    expect((await batchOf(world, id)).items[key]).toEqual({
      jobId: again.id,
      tries: 3,
      status: "completed",
      errorCode: null,
    });
    await expectSettled(world);
  });

  it("is not started a second time by its owner, also before the batch has heard of it", async () => {
    const { world, id, key } = await oneFailed();
    const before = await batchOf(world, id);
    await redriveJob(world.deps, "root", before.items[key]?.jobId ?? "");
    expect(await retryItem(world.deps, caller, before, key)).toBeNull();
    await world.run(900);
    expect(world.paidStarts()).toHaveLength(6);
    await expectSettled(world);
  });
});

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
    const immortal = doomedProcess(world.deps, { atCall: Number.POSITIVE_INFINITY, when: "before" });
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
        const doomed = doomedProcess(world.deps, { atCall, when });
        await Promise.race([submitClips(doomed.deps, caller, order), doomed.died]);
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
        const doomed = doomedProcess(world.deps, { atCall, when });
        await Promise.race([retryItem(doomed.deps, caller, batch, key), doomed.died]);
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
