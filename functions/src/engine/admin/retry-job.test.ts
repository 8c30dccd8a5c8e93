import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { closedCircuit } from "../../domain/health/circuit.js";
import { retryJob } from "./retry-job.js";

const onRunway = { providers: { only: ["runway:veo3.1_fast"] } };

/** A job that failed because the provider was down for as long as it lasted. */
async function failedJob(options: { credits?: number } = {}): Promise<{ world: World; id: string }> {
  const world = createWorld(options);
  world.unplugged.add("runway");
  const { id } = await world.submit(onRunway);
  await world.run(3_700);
  expect(await world.job(id)).toMatchObject({ status: "failed", error: { fault: "provider" } });
  world.unplugged.clear();
  await world.deps.health.changeCircuit("runway", () => closedCircuit);
  return { world, id };
}

describe("a failed job that is started again", () => {
  it("is a new job with the same request and a hold of its own, linked both ways", async () => {
    const { world, id } = await failedJob();
    const again = await retryJob(world.deps, "root", id);
    expect(again).toMatchObject({ redriveOf: id, uid: caller.uid, status: "queued", heldCredits: 10 });
    expect(again.request).toEqual((await world.job(id)).request);
    expect(await world.job(id)).toMatchObject({ status: "failed", redrives: [again.id] });
    await world.run(900);
    expect(await world.job(again.id)).toMatchObject({ status: "completed", chargedCredits: 10 });
    expect(world.audit.lines).toMatchObject([
      { action: "job.redriven", target: id, details: { jobId: again.id } },
    ]);
    await expectSettled(world);
  });

  it("is one new job for two clicks at once", async () => {
    const { world, id } = await failedJob();
    const [one, other] = await Promise.all([
      retryJob(world.deps, "root", id),
      retryJob(world.deps, "root", id),
    ]);
    expect(one.id).toBe(other.id);
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ held: 10 });
    expect((await world.job(id)).redrives).toEqual([one.id]);
    await expect(retryJob(world.deps, "root", id)).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("can be started once more when that came to nothing", async () => {
    const { world, id } = await failedJob();
    const first = await retryJob(world.deps, "root", id);
    world.unplugged.add("runway");
    await world.run(3_700);
    expect((await world.job(first.id)).status).toBe("failed");
    const second = await retryJob(world.deps, "root", id);
    expect(second.id).not.toBe(first.id);
    expect(await world.job(id)).toMatchObject({ redrives: [first.id] });
    expect(await world.job(first.id)).toMatchObject({ redrives: [second.id] });
    await expect(retryJob(world.deps, "root", id)).rejects.toMatchObject({
      message: expect.stringContaining(`jobId: it was started again as ${second.id}, which is queued`),
    });
  });

  it("needs the owner to have the credits", async () => {
    const { world, id } = await failedJob({ credits: 15 });
    await world.submit(onRunway);
    await expect(retryJob(world.deps, "root", id)).rejects.toMatchObject({ code: "insufficient_credits" });
    expect((await world.job(id)).redrives).toBeUndefined();
  });
});

describe("a job that is not started again", () => {
  it("is one whose unanswered start may have been paid", async () => {
    const world = createWorld({ faults: ["runway:lost*1"] });
    const { id } = await world.submit(onRunway);
    await world.run(3_700);
    expect((await world.job(id)).status).toBe("failed");
    await expect(retryJob(world.deps, "root", id)).rejects.toMatchObject({
      code: "invalid_argument",
      message: `jobId: a start was never answered and may have been paid; resolve it first: ${id}/1`,
    });
  });

  it("is one that failed by its own content, is open, or is not there", async () => {
    const world = createWorld({ faults: ["runway:moderated*1"] });
    const { id } = await world.submit(onRunway);
    await expect(retryJob(world.deps, "root", id)).rejects.toMatchObject({ code: "invalid_argument" });
    await world.run(900);
    await expect(retryJob(world.deps, "root", id)).rejects.toMatchObject({
      message: expect.stringContaining("content_blocked"),
    });
    await expect(retryJob(world.deps, "root", "0".repeat(24))).rejects.toMatchObject({ code: "not_found" });
  });
});
