import { describe, expect, it } from "@jest/globals";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { RequestError } from "../../domain/errors.js";
import { checkJobs } from "../admin/check-jobs.js";
import { findOwnJob } from "../job/find.js";
import { cleanUp } from "./clean-up.js";

const day = 86_400;

describe("the clean-up", () => {
  async function oldAndNew(): Promise<{ world: World; old: string; fresh: string }> {
    const world = createWorld();
    const old = await world.submit();
    await world.run(600);
    world.advance(100 * day);
    const fresh = await world.submit();
    await world.run(600);
    return { world, old: old.id, fresh: fresh.id };
  }

  it("in a dry run tells what it would delete and deletes nothing", async () => {
    const { world, old } = await oldAndNew();
    const report = await cleanUp(world.deps, { olderThanDays: 90, dryRun: true });
    expect(report).toEqual({ dryRun: true, jobs: [old], files: 1, batches: [] });
    expect(world.database.jobs.size).toBe(2);
    expect(await world.deps.media.stat(`videos/owner-1/${old}.mp4`)).not.toBeNull();
  });

  it("deletes old jobs with their files and keeps the ledger", async () => {
    const { world, old, fresh } = await oldAndNew();
    const lines = (await world.deps.credits.ledger(caller.uid, 100)).length;
    await cleanUp(world.deps, { olderThanDays: 90, dryRun: false });
    expect([...world.database.jobs.keys()]).toEqual([fresh]);
    expect(await world.deps.media.stat(`videos/owner-1/${old}.mp4`)).toBeNull();
    expect(await world.deps.media.stat(`videos/owner-1/${fresh}.mp4`)).not.toBeNull();
    expect(await world.deps.credits.ledger(caller.uid, 100)).toHaveLength(lines);
    expect(await cleanUp(world.deps, { olderThanDays: 90, dryRun: false })).toMatchObject({
      jobs: [],
      files: 0,
    });
  });

  it("never touches a job that is still open, however old", async () => {
    const world = createWorld();
    await world.submit();
    world.advance(365 * day);
    expect(await cleanUp(world.deps, { olderThanDays: 0, dryRun: false })).toMatchObject({ jobs: [] });
    expect(world.database.jobs.size).toBe(1);
  });
});

describe("a check of many jobs", () => {
  it("applies what providers say now, and changes nothing the second time", async () => {
    const world = createWorld();
    const jobs = [await world.submit(), await world.submit(), await world.submit()];
    await world.runDue();
    world.loseTasks();
    world.advance(300);
    const first = await checkJobs(world.deps, "root", { limit: 100 });
    expect(first).toMatchObject({ checked: 3, advanced: 3, unchanged: 0, failed: 0 });
    const versions = await Promise.all(jobs.map(async ({ id }) => (await world.job(id)).version));
    const second = await checkJobs(world.deps, "root", { limit: 100 });
    expect(second).toMatchObject({ checked: 3, advanced: 0, unchanged: 3, failed: 0 });
    expect(await Promise.all(jobs.map(async ({ id }) => (await world.job(id)).version))).toEqual(versions);
  });

  it("names the jobs that it could not check, and goes on with the others", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    const report = await checkJobs(world.deps, "root", { jobIds: [id, "0".repeat(24)], limit: 100 });
    expect(report).toMatchObject({ checked: 2, unchanged: 1, failed: 1 });
    expect(report.jobs[1]).toEqual({
      jobId: "0".repeat(24),
      before: null,
      after: null,
      outcome: "failed",
      reason: "no such job",
    });
  });

  it("gives a job whose tasks were lost its tasks back", async () => {
    const world = createWorld();
    await world.submit();
    await world.runDue();
    world.loseTasks();
    world.advance(20);
    await checkJobs(world.deps, "root", { status: "generating", limit: 10 });
    expect(world.queue.size()).toBe(1);
  });
});

describe("a job id from a client", () => {
  it("gives the owner the job, and everybody else the same answer as for none", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    expect((await findOwnJob(world.deps, caller.uid, id)).id).toBe(id);
    const strange = [
      id.toUpperCase(),
      `../${id}`,
      "",
      "a/b",
      "__x__",
      null,
      undefined,
      7,
      {},
      "0".repeat(24),
    ];
    const answers = await Promise.all([
      outcome(findOwnJob(world.deps, "owner-2", id)),
      ...strange.map((jobId) => outcome(findOwnJob(world.deps, caller.uid, jobId))),
    ]);
    expect(new Set(answers)).toEqual(new Set(["not_found: jobId: you have no video with this id"]));
  });
});

function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "found",
    (error: unknown) => (error instanceof RequestError ? `${error.code}: ${error.message}` : "another error"),
  );
}
