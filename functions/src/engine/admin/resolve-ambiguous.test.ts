import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { cancelJob } from "../job/cancel.js";
import { submitJob } from "../job/submit.js";
import { listUnresolved, resolveAmbiguous, type Verdict } from "./resolve-ambiguous.js";

const onRunway = { providers: { only: ["runway:veo3.1_fast"] } };

/** A job whose only start was accepted, and whose answer was lost. */
async function unanswered(...faults: string[]): Promise<{ world: World; id: string; operationId: string }> {
  const world = createWorld({ faults: ["runway:lost*1", ...faults] });
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

  it("after its job was cancelled is stopped at the provider, where it still runs", async () => {
    const { world, id, operationId } = await unanswered("runway:slow=20");
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

  it("is refused the generation of another job, which would be another user's video", async () => {
    const world = createWorld({ faults: ["runway:lost*1"] });
    const { id } = await world.submit(onRunway);
    const stranger = { uid: "owner-2", tier: "free" };
    const request = { kind: "text", prompt: "A red kite over the dunes", ...onRunway };
    const { job: other } = await submitJob(world.deps, stranger, request);
    await world.run(900);
    const operationId = String((await world.job(other.id)).attempts[0]?.operation?.taskId);
    expect(await world.job(other.id)).toMatchObject({ status: "completed" });
    await expect(resolve(world, id, { type: "attach", operationId })).rejects.toMatchObject({
      code: "invalid_argument",
      message: `operationId: it is on record already, as attempt 1 of job ${other.id}`,
      details: { field: "operationId", jobId: other.id, attempt: 1 },
    });
    expect((await world.job(id)).attempts[0]).toMatchObject({ operation: null });
    expect(world.audit.lines).toEqual([]);
  });

  it("is refused a generation that was attached to another start before", async () => {
    const world = createWorld({ faults: ["runway:lost*2"] });
    const jobs = [await world.submit(onRunway), await world.submit(onRunway)];
    await world.run(360);
    const operationId = world.paidStarts("runway")[0]?.id ?? "";
    const [one, other] = jobs.map(({ id }) => id);
    await resolve(world, one ?? "", { type: "attach", operationId });
    await expect(resolve(world, other ?? "", { type: "attach", operationId })).rejects.toMatchObject({
      message: `operationId: it is on record already, as attempt 1 of job ${one}`,
    });
    await world.run(300);
    expect(await world.job(other ?? "")).toMatchObject({ status: "queued", chargedCredits: 0 });
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
