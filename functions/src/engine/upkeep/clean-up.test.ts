import { describe, expect, it } from "@jest/globals";
import { partsOf, submitExampleScene } from "../../../test/engine/composites.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { type Batch, newBatch } from "../../domain/batch/batch.js";
import { listUnresolved, resolveAmbiguous } from "../admin/resolve-ambiguous.js";
import { cancelJob } from "../job/cancel.js";
import { cleanUp } from "./clean-up.js";

const day = 86_400;
const retention = { olderThanDays: 90, dryRun: false };

/** A cancelled job whose only start was never answered, a hundred days ago. */
async function oldAndUnresolved(): Promise<{ world: World; id: string }> {
  const world = createWorld({ faults: ["runway:lost*1"] });
  const { id } = await world.submit({ providers: { only: ["runway:veo3.1_fast"] } });
  await world.run(360);
  await cancelJob(world.deps, await world.job(id), "owner");
  world.advance(100 * day);
  return { world, id };
}

describe("the clean-up of what may have been paid twice", () => {
  it("keeps a job with an unanswered start until somebody says what became of it", async () => {
    const { world, id } = await oldAndUnresolved();
    expect(await cleanUp(world.deps, retention)).toMatchObject({ jobs: [] });
    expect(await listUnresolved(world.deps, 10)).toMatchObject([{ jobId: id }]);
    await resolveAmbiguous(world.deps, "root", {
      jobId: id,
      attempt: 1,
      verdict: { type: "not_accepted" },
    });
    expect(await cleanUp(world.deps, retention)).toMatchObject({ jobs: [id] });
  });

  it("keeps a whole with all its parts when one of them has an unanswered start", async () => {
    const world = createWorld({ faults: ["runway:lost", "runware:lost"] });
    const { id } = await submitExampleScene(world);
    await world.run(120);
    await cancelJob(world.deps, await world.job(id), "owner");
    world.advance(100 * day);
    await world.run(120);
    expect(await listUnresolved(world.deps, 10)).toMatchObject([{ jobId: partsOf(world, id)[0]?.id }]);
    const before = [...world.database.jobs.keys()];
    expect(await cleanUp(world.deps, retention)).toMatchObject({ jobs: [] });
    expect([...world.database.jobs.keys()]).toEqual(before);
  });

  it("is not held up by the jobs that it keeps", async () => {
    const { world, id } = await oldAndUnresolved();
    const kept = await world.job(id);
    for (let index = 0; index < 450; index += 1) {
      const copy = { ...kept, id: `${id}-${index}` };
      world.database.jobs.set(copy.id, copy);
    }
    const { id: last } = await world.submit();
    await cancelJob(world.deps, await world.job(last), "owner");
    world.advance(100 * day);
    expect(await cleanUp(world.deps, retention)).toMatchObject({ jobs: [last] });
    expect(world.database.jobs.size).toBe(451);
  });
});

describe("the clean-up of batches", () => {
  it("takes more than a page of old ones in one run, also when no job is old", async () => {
    const world = createWorld();
    const order = { uid: "owner-1", type: "clips", requestHash: "00", projectId: null } as const;
    for (let index = 0; index < 201; index += 1) {
      const batch: Batch = newBatch({ id: `b${index}`, ...order }, ["1"], world.now());
      world.database.batches.set(batch.id, { ...batch, endedAt: world.now() });
    }
    world.advance(100 * day);
    const dry = await cleanUp(world.deps, { ...retention, dryRun: true });
    expect(dry.batches).toHaveLength(201);
    expect(world.database.batches.size).toBe(201);
    const report = await cleanUp(world.deps, retention);
    expect(report.batches).toHaveLength(201);
    expect(world.database.batches.size).toBe(0);
  });
});
