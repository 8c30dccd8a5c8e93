import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../__fixtures__/settled.js";
import { createWorld, type World } from "../__fixtures__/world.js";
import { cancelJob } from "../job/cancel-job.js";
import { listUnresolved, resolveAmbiguous, type Verdict } from "./resolve-ambiguous.js";

const onRunway = { providers: { only: ["runway:veo3.1_fast"] } };

/** A job whose only start was accepted, and whose answer was lost. */
async function unanswered(): Promise<{ world: World; id: string; operationId: string }> {
  const world = createWorld({ faults: ["runway:lost*1"] });
  const { id } = await world.submit(onRunway);
  await world.run(360);
  return { world, id, operationId: world.paidStarts("runway")[0]?.id ?? "" };
}

function resolve(world: World, jobId: string, verdict: Verdict, attempt = 1) {
  return resolveAmbiguous(world.deps, "root", { jobId, attempt, verdict });
}

describe("an administrator looking for unanswered starts", () => {
  it("finds what is needed to look each up at the provider", async () => {
    const { world, id } = await unanswered();
    expect(await listUnresolved(world.deps, 10)).toMatchObject([
      {
        jobId: id,
        uid: "owner-1",
        jobStatus: "queued",
        attempt: 1,
        provider: "runway",
        model: "runway:veo3.1_fast",
        state: "ambiguous",
        durationSeconds: 6,
      },
    ]);
  });
});

describe("an unanswered start that an administrator resolves", () => {
  it("by the provider's id is carried to its file, and paid once", async () => {
    const { world, id, operationId } = await unanswered();
    const job = await resolve(world, id, { type: "attach", operationId });
    expect(job.attempts[0]).toMatchObject({ state: "running", operation: { taskId: operationId } });
    await world.run(900);
    expect(await world.job(id)).toMatchObject({ status: "completed", chargedCredits: 10 });
    expect(world.paidStarts()).toHaveLength(1);
    expect(await listUnresolved(world.deps, 10)).toEqual([]);
    expect(world.audit.lines).toMatchObject([
      { actor: "root", action: "ambiguous.attach", target: `${id}/1`, details: { operationId } },
    ]);
    await expectSettled(world);
  });

  it("by saying that it never arrived is started again", async () => {
    const { world, id } = await unanswered();
    await resolve(world, id, { type: "not_accepted" });
    await world.run(900);
    expect(await world.job(id)).toMatchObject({
      status: "completed",
      attempts: [{ state: "failed", costUsdMicros: 0 }, { state: "succeeded" }],
    });
    await expectSettled(world);
  });

  it("by writing it off fails when no other model may take it, and nothing is charged", async () => {
    const { world, id } = await unanswered();
    await resolve(world, id, { type: "write_off" });
    await world.run(900);
    const job = await world.job(id);
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0, attempts: [{ wasted: true }] });
    expect(job.attempts[0]?.costUsdMicros).toBeGreaterThan(0);
    await expectSettled(world);
  });

  it("after its job was cancelled is stopped at the provider", async () => {
    const { world, id, operationId } = await unanswered();
    await cancelJob(world.deps, await world.job(id), "owner");
    await resolve(world, id, { type: "attach", operationId });
    expect(await world.job(id)).toMatchObject({
      status: "cancelled",
      cancellation: { outcome: "confirmed" },
      attempts: [{ state: "cancelled" }],
    });
    await expectSettled(world);
  });

  it("is refused an id that the provider does not know", async () => {
    const { world, id } = await unanswered();
    await expect(
      resolve(world, id, { type: "attach", operationId: "00000000-0000-4000-8000-000000000000" }),
    ).rejects.toMatchObject({ code: "invalid_argument", details: { field: "operationId" } });
    expect((await world.job(id)).attempts[0]?.state).toBe("ambiguous");
    expect(world.audit.lines).toEqual([]);
  });

  it("waits for a provider that cannot be asked", async () => {
    const { world, id, operationId } = await unanswered();
    world.unplugged.add("runway");
    await expect(resolve(world, id, { type: "attach", operationId })).rejects.toMatchObject({
      code: "network",
    });
    expect((await world.job(id)).attempts[0]?.state).toBe("ambiguous");
  });

  it("must be old enough that no answer can be under way any more", async () => {
    const world = createWorld({ faults: ["runway:lost*1"] });
    const { id } = await world.submit(onRunway);
    await world.run(120);
    await expect(resolve(world, id, { type: "not_accepted" })).rejects.toMatchObject({
      code: "invalid_argument",
      details: { field: "attempt" },
    });
  });

  it("cannot be resolved twice, and must exist", async () => {
    const { world, id } = await unanswered();
    await resolve(world, id, { type: "write_off" });
    await expect(resolve(world, id, { type: "not_accepted" })).rejects.toMatchObject({
      code: "invalid_argument",
    });
    await expect(resolve(world, id, { type: "not_accepted" }, 7)).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(resolve(world, "nobody", { type: "not_accepted" })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
