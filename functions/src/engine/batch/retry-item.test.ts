import { describe, expect, it } from "@jest/globals";
import { batchOf, fiveClips, keyOf, oneFailed, pairs, refusal } from "../../../test/engine/clips.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld } from "../../../test/engine/world.js";
import { retryJob } from "../admin/retry-job.js";
import { retryItem } from "./retry-item.js";
import { submitClips } from "./submit-batch.js";

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
    await retryJob(world.deps, "root", failed);
    expect(await batchOf(world, id)).toMatchObject({ status: "running", counts: { running: 1 } });
    await world.run(900);
    expect((await batchOf(world, id)).items[key]).toMatchObject({ tries: 2, status: "failed" });
    const again = await retryJob(world.deps, "root", failed);
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
    await retryJob(world.deps, "root", before.items[key]?.jobId ?? "");
    expect(await retryItem(world.deps, caller, before, key)).toBeNull();
    await world.run(900);
    expect(world.paidStarts()).toHaveLength(6);
    await expectSettled(world);
  });
});
