import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World, type WorldOptions } from "../../../test/engine/world.js";
import { UnreachableError } from "../../domain/errors.js";
import { defaultPolicy } from "../../domain/policy/policy.js";
import type { VideoProvider } from "../../domain/provider/provider.js";
import { reportDrift } from "../admin/report-drift.js";
import { cancelJob } from "../job/cancel.js";
import { cleanUp } from "../upkeep/clean-up.js";
import { sweep } from "../upkeep/sweep.js";

const day = 86_400;
const runway = { providers: { only: ["runway:veo3.1_fast"] } };
/** It cannot stop a generation. */
const runware = { providers: { only: ["runware:google:3@3"] } };

async function cancelled(
  order: Record<string, unknown>,
  options: WorldOptions = {},
): Promise<{ world: World; id: string }> {
  const world = createWorld(options);
  const { id } = await world.submit(order);
  await world.runDue();
  await cancelJob(world.deps, await world.job(id), "owner");
  return { world, id };
}

/** Counts the calls to one vendor; a cancellation never arrives there. */
function outOfReach(counts: { cancels: number; reads: number }): WorldOptions {
  const unreachable = () => new UnreachableError("status 401", { sent: "maybe", code: "unknown" });
  return {
    wrap: (provider: VideoProvider) =>
      provider.cancel === undefined
        ? provider
        : {
            ...provider,
            status: async (operation) => {
              counts.reads += 1;
              return provider.status(operation);
            },
            cancel: async () => {
              counts.cancels += 1;
              throw unreachable();
            },
          },
  };
}

describe("a cancellation that cannot be delivered", () => {
  it("is dropped as unconfirmed when the generation has ended", async () => {
    const counts = { cancels: 0, reads: 0 };
    const { world, id } = await cancelled(runway, outOfReach(counts));
    await world.run(600);
    expect(await world.job(id)).toMatchObject({
      status: "cancelled",
      outbox: [],
      cancellation: { outcome: "unconfirmed" },
      attempts: [{ state: "succeeded", wasted: true, costUsdMicros: expect.any(Number) }],
    });
    const before = { ...counts };
    await world.run(3_600);
    expect(counts).toEqual(before);
    await expectSettled(world);
  });

  it("is not repeated for ever: it is dropped with the last poll, and the job is cleaned up", async () => {
    const counts = { cancels: 0, reads: 0 };
    const { world, id } = await cancelled(runway, { ...outOfReach(counts), faults: ["runway:stuck"] });
    await world.run(3 * 3_600);
    expect(await world.job(id)).toMatchObject({
      outbox: [],
      checkAt: null,
      cancellation: { outcome: "unconfirmed" },
      attempts: [{ state: "lost", wasted: true }],
    });
    const before = { ...counts };
    await world.run(day);
    expect(counts).toEqual(before);
    world.advance(100 * day);
    expect((await cleanUp(world.deps, { olderThanDays: 90, dryRun: false })).jobs).toEqual([id]);
  });
});

describe("the money of a cancelled generation", () => {
  it("that had just succeeded is on record, and nobody is told that it was stopped", async () => {
    const world = createWorld();
    const { id } = await world.submit(runway);
    await world.runDue();
    world.loseTasks();
    world.advance(300);
    const job = await cancelJob(world.deps, await world.job(id), "owner");
    expect(job).toMatchObject({
      status: "cancelled",
      output: null,
      cancellation: { outcome: "unconfirmed", refundedCredits: 10 },
    });
    expect(await world.deps.jobs.listCosts(10)).toMatchObject([{ costUsdMicros: 600_000, wasted: true }]);
    await expectSettled(world);
  });

  it("that was stopped counts as paid in vain where the provider does not say what it gives back", async () => {
    const { world, id } = await cancelled(runway);
    expect(await world.job(id)).toMatchObject({
      cancellation: { outcome: "confirmed" },
      attempts: [{ state: "cancelled", endedAt: world.now(), cancelRefund: "unknown" }],
    });
    expect(await world.deps.jobs.listCosts(10)).toMatchObject([{ jobId: id, wasted: true }]);
    const { models, wasteRatio } = await reportDrift(world.deps, 10);
    expect(models).toMatchObject([{ billed: 0, ratio: null, wasted: 1, wastedUsd: 0.6 }]);
    expect(wasteRatio).toBe(1);
  });

  it("that was stopped costs nothing where the provider gives it back", async () => {
    const { world, id } = await cancelled(runway, {
      wrap: (provider) => ({ ...provider, cancelRefund: "full" }),
    });
    expect((await world.job(id)).attempts).toMatchObject([{ costUsdMicros: 0, cancelRefund: "full" }]);
    expect(await reportDrift(world.deps, 10)).toMatchObject({ models: [{ wasted: 0, wastedUsd: 0 }] });
  });

  it("that lost a race against a second provider is seen as waste", async () => {
    const policy = { ...defaultPolicy, hedge: { enabled: true } };
    const world = createWorld({ policy, faults: ["runway:stuck*1"] });
    const order = { only: ["runway:veo3.1_fast", "runware:google:3@3"], prefer: ["runway"] };
    const { id } = await world.submit({ providers: order, deadlineSeconds: 900 });
    await world.run(1_200);
    expect((await world.job(id)).status).toBe("completed");
    const costs = await world.deps.jobs.listCosts(10);
    expect(costs.filter(({ wasted }) => wasted)).toMatchObject([{ provider: "runway" }]);
  });
});

describe("a generation that goes on after its job was cancelled", () => {
  it("is found when all tasks were lost, and its cost is recorded as waste", async () => {
    const { world, id } = await cancelled(runware);
    world.loseTasks();
    await world.run(3_600);
    const job = await world.job(id);
    expect(job).toMatchObject({ status: "cancelled", checkAt: null });
    expect(job.attempts).toMatchObject([
      { state: "succeeded", wasted: true, costUsdMicros: expect.any(Number) },
    ]);
    await expectSettled(world);
  });

  it("and never ends is looked at a few times, and then counts as paid in vain", async () => {
    const { world, id } = await cancelled(runware, { faults: ["runware:stuck"] });
    let looks = 0;
    for (let minute = 0; minute < 180; minute += 1) {
      world.loseTasks();
      world.advance(60);
      looks += (await sweep(world.deps)).looked;
    }
    expect(looks).toBeGreaterThan(2);
    expect(looks).toBeLessThan(12);
    expect(await world.job(id)).toMatchObject({
      status: "cancelled",
      checkAt: null,
      attempts: [{ state: "lost", wasted: true, endedAt: expect.any(Number) }],
    });
    expect(await world.deps.jobs.listCosts(10)).toMatchObject([{ costUsdMicros: null, wasted: true }]);
    world.loseTasks();
    await expectSettled(world);
  });

  it("is asked about once more before it is given up", async () => {
    const { world, id } = await cancelled(runware);
    world.loseTasks();
    world.advance(5 * 3_600);
    await sweep(world.deps);
    expect((await world.job(id)).attempts).toMatchObject([
      { state: "succeeded", wasted: true, costUsdMicros: expect.any(Number) },
    ]);
  });

  it("is given up as well when its provider is no longer in use", async () => {
    const { world, id } = await cancelled(runware);
    world.loseTasks();
    world.advance(5 * 3_600);
    await sweep({ ...world.deps, providers: new Map() });
    expect(await world.job(id)).toMatchObject({
      checkAt: null,
      attempts: [{ state: "lost", wasted: true }],
    });
  });
});
