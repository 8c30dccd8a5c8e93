import { describe, expect, it } from "@jest/globals";
import { batchOf, fiveClips, images, oneFailed, pairs, refusal } from "../../../test/engine/clips.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { earlierBatchIdOf } from "../../domain/batch/batch.js";
import { defaultPolicy } from "../../domain/policy/policy.js";
import { describeBatch } from "./batch.js";
import { submitClips } from "./submit-batch.js";

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

  it("are found by their requestId under the id of an earlier version, and by their owner alone", async () => {
    const world = createWorld();
    const request = { ...fiveClips, requestId: "spring" };
    const { id } = await submitClips(world.deps, caller, request);
    const earlier = { ...(await batchOf(world, id)), id: earlierBatchIdOf(caller.uid, "spring") };
    world.database.batches.delete(id);
    world.database.batches.set(earlier.id, earlier);
    expect((await submitClips(world.deps, caller, request)).id).toBe(earlier.id);
    await expect(submitClips(world.deps, caller, { ...request, prompt: "It fades" })).rejects.toMatchObject({
      code: "already_exists",
    });
    // Joined by a colon the texts of somebody else gave the same id.
    const other = createWorld();
    other.database.batches.set(earlier.id, { ...earlier, uid: `${caller.uid}:x` });
    expect((await submitClips(other.deps, caller, request)).id).toBe(id);
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
    expect(error.message).toMatch(/^frames\.4: prompt: No model can make this/);
    await expectNothing(world);
  });

  it("names what can never be made before what cannot be made now", async () => {
    const world = createWorld();
    await world.deps.health.setSwitch("runware", "off");
    const error = await refusal(
      submitClips(world.deps, caller, { ...fiveClips, prompts: { "4": "x".repeat(3_999) } }),
    );
    expect(error).toMatchObject({ code: "invalid_argument", details: { key: "4", field: "prompt" } });
    await expectNothing(world);
  });

  it("because everybody is off says so", async () => {
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
    const first = await submitClips(world.deps, caller, { ...fiveClips, requestId: "order-1" });
    const other = { ...fiveClips, prompt: "Something else", requestId: "order-1" };
    const error = await refusal(submitClips(world.deps, caller, other));
    // Both hashes, as for a single video.
    expect(error).toMatchObject({
      code: "already_exists",
      details: { batchId: first.id, existingRequestHash: first.requestHash },
    });
    expect(error.details.requestHash).toMatch(/^[0-9a-f]{64}$/);
    expect(error.details.requestHash).not.toBe(first.requestHash);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ held: 80 });
  });
});
