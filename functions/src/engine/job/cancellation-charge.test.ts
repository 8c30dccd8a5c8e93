import { describe, expect, it } from "@jest/globals";
import { partsOf, runUntilEnded, submitExampleScene } from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { defaultPolicy } from "../../domain/policy/policy.js";
import type { VideoProvider } from "../../domain/provider/provider.js";
import { cancelJob } from "./cancel.js";

const worthMicros = defaultPolicy.credits.usdPerCredit * 1_000_000;
const onRunway = { providers: { only: ["runway:veo3.1_fast"] } };

function createRealWorld(options: Parameters<typeof createWorld>[0] = {}): World {
  return createWorld({ policy: defaultPolicy, ...options });
}

async function expectBalanced(world: World): Promise<void> {
  const { granted, balance, held, spent } = await world.deps.credits.account(caller.uid);
  expect(granted).toBe(balance + held + spent);
}

describe("a cancellation", () => {
  it("before anything was started gives everything back", async () => {
    const world = createRealWorld();
    const job = await world.submit(onRunway);
    const cancelled = await cancelJob(world.deps, job, "owner");
    expect(cancelled).toMatchObject({ heldCredits: 0, chargedCredits: 0 });
    expect(cancelled.cancellation).toMatchObject({ refundedCredits: job.heldCredits, chargedCredits: 0 });
    await expectSettled(world);
  });

  it.each([["runway:veo3.1_fast"], ["runware:google:3@3"]])(
    "of a generation that its provider keeps is charged at cost, at most the hold: %s",
    async (model) => {
      const world = createRealWorld();
      const job = await world.submit({ providers: { only: [model] } });
      await world.run(30);
      const cancelled = await cancelJob(world.deps, await world.job(job.id), "owner");
      const [attempt] = cancelled.attempts;
      const charged = Math.ceil((attempt?.estimatedCostUsdMicros ?? 0) / worthMicros);
      expect(charged).toBeGreaterThan(0);
      expect(charged).toBeLessThanOrEqual(job.heldCredits);
      expect(cancelled).toMatchObject({ status: "cancelled", heldCredits: 0, chargedCredits: charged });
      expect(cancelled.cancellation).toMatchObject({
        refundedCredits: job.heldCredits - charged,
        chargedCredits: charged,
      });
      await world.run(3_600);
      await expectSettled(world);
    },
  );

  it("costs nothing at a provider that gives everything back", async () => {
    const wrap = (provider: VideoProvider): VideoProvider => ({
      ...provider,
      cancelRefund: "full",
      cancel: async () => ({ status: "confirmed" }),
    });
    const world = createRealWorld({ wrap });
    const job = await world.submit(onRunway);
    await world.run(30);
    const cancelled = await cancelJob(world.deps, await world.job(job.id), "owner");
    expect(cancelled).toMatchObject({ heldCredits: 0, chargedCredits: 0 });
    await expectSettled(world);
  });

  it("costs nothing where the policy says so", async () => {
    const world = createRealWorld({
      policy: { ...defaultPolicy, cancellation: { charge: "nothing", freeCancellationsPerUserPerDay: 1 } },
    });
    const job = await world.submit(onRunway);
    await world.run(30);
    const cancelled = await cancelJob(world.deps, await world.job(job.id), "owner");
    expect(cancelled).toMatchObject({ heldCredits: 0, chargedCredits: 0 });
    await expectSettled(world);
  });

  it("of a video that is being stored pays for what was made", async () => {
    const world = createRealWorld();
    const { id, heldCredits } = await world.submit(onRunway);
    for (let second = 0; (await world.job(id)).status !== "storing" && second < 600; second += 1) {
      for (const task of world.queue.takeDue(world.now())) {
        if (task.type === "store") continue;
        await world.queue.enqueue(`again-${second}`, task, world.now());
        await world.runDue();
      }
      world.advance(1);
    }
    const cancelled = await cancelJob(world.deps, await world.job(id), "owner");
    expect(cancelled.status).toBe("cancelled");
    expect(cancelled.chargedCredits).toBeGreaterThan(0);
    expect(cancelled.chargedCredits).toBeLessThanOrEqual(heldCredits);
    await expectSettled(world);
  });

  it("holds the credits of a start that is not answered yet, and charges them when it was accepted", async () => {
    let accept = () => {};
    let isFirst = true;
    const wrap = (provider: VideoProvider): VideoProvider => ({
      ...provider,
      async start(plan, context) {
        if (isFirst) {
          isFirst = false;
          await new Promise<void>((resolve) => {
            accept = resolve;
          });
        }
        return provider.start(plan, context);
      },
    });
    const world = createRealWorld({ wrap });
    const job = await world.submit(onRunway);
    const starting = world.runDue();
    while ((await world.job(job.id)).attempts.length === 0 || isFirst) await Promise.resolve();
    const during = await cancelJob(world.deps, await world.job(job.id), "owner");
    expect(during.status).toBe("cancelled");
    expect(during.heldCredits).toBeGreaterThan(0);
    await expectBalanced(world);

    accept();
    await starting;
    await world.run(120);
    const after = await world.job(job.id);
    expect(after).toMatchObject({ heldCredits: 0, chargedCredits: during.heldCredits });
    await world.run(3_600);
    await expectSettled(world);
  });

  it("gives the credits of a start back that was refused after all", async () => {
    let answer = () => {};
    const wrap = (provider: VideoProvider): VideoProvider => ({
      ...provider,
      async start() {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return { status: "refused", failure: { code: "content_blocked" } };
      },
    });
    const world = createRealWorld({ wrap });
    const job = await world.submit(onRunway);
    const starting = world.runDue();
    while ((await world.job(job.id)).attempts.length === 0) await Promise.resolve();
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
    const during = await cancelJob(world.deps, await world.job(job.id), "owner");
    expect(during.heldCredits).toBeGreaterThan(0);
    answer();
    await starting;
    expect(await world.job(job.id)).toMatchObject({
      heldCredits: 0,
      chargedCredits: 0,
      cancellation: { refundedCredits: job.heldCredits },
    });
    await expectSettled(world);
  });

  it("of a scene during its video charges the picture and what the video costs", async () => {
    const world = createRealWorld();
    const { id, heldCredits } = await submitExampleScene(world);
    for (let turn = 0; turn < 300; turn += 1) {
      const video = partsOf(world, id).find(({ partOf }) => partOf?.name === "video");
      if (video?.status === "generating") break;
      await world.run(2);
    }
    const cancelled = await cancelJob(world.deps, await world.job(id), "owner");
    const image = cancelled.composition?.parts[0]?.chargedCredits ?? 0;
    expect(image).toBeGreaterThan(0);
    expect(cancelled.cancellation?.chargedCredits).toBeGreaterThan(0);
    expect(cancelled).toMatchObject({ heldCredits: 0 });
    expect(cancelled.chargedCredits).toBeLessThanOrEqual(heldCredits);
    await world.run(3_600);
    await expectSettled(world);
  });

  it("again and again costs as much as providers are paid: nobody spends the operator's money", async () => {
    const world = createRealWorld();
    for (let count = 0; count < 5; count += 1) {
      const { id } = await world.submit(onRunway);
      await world.run(20);
      await cancelJob(world.deps, await world.job(id), "owner");
    }
    await world.run(3_600);
    const { spent } = await world.deps.credits.account(caller.uid);
    const paid = world.paidStarts().length;
    expect(paid).toBe(5);
    const jobs = [...world.database.jobs.values()];
    const cost = jobs.reduce((sum, { attempts: [one] }) => sum + (one?.estimatedCostUsdMicros ?? 0), 0);
    expect(spent * worthMicros).toBeGreaterThanOrEqual(cost);
    await expectSettled(world);
  });

  it("of a long video pays for every segment that was made or begun", async () => {
    const world = createRealWorld();
    const { id } = await world.submit({ durationSeconds: 30 });
    await world.run(30);
    await cancelJob(world.deps, await world.job(id), "owner");
    const job = await runUntilEnded(world, id);
    const parts = partsOf(world, id);
    expect(parts.length).toBeGreaterThan(1);
    const cost = parts
      .flatMap(({ attempts }) => attempts)
      .reduce((sum, one) => sum + one.estimatedCostUsdMicros, 0);
    expect(job.chargedCredits).toBe(Math.ceil(cost / worthMicros));
    await expectSettled(world);
  });
});
