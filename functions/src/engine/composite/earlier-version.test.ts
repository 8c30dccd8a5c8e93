import { describe, expect, it } from "@jest/globals";
import { frozenCopy } from "../../../simulation/memory/memory-database.js";
import { partsOf, runUntilEnded, submitExampleScene } from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld } from "../../../test/engine/world.js";
import { exampleSelection } from "../../domain/__fixtures__/selections.js";
import type { Job } from "../../domain/job/job.js";
import { upgradeJob } from "../../domain/job/upgrade-job.js";
import { cancelJob } from "../job/cancel.js";

/** The whole as the version before had written it, with an attempt at a provider that there is not. */
function asEarlier(job: Job) {
  const { plan = { type: "scene" }, estimate, ...composition } = job.composition ?? { steps: [], parts: [] };
  const attempt = {
    number: 1,
    provider: "scene",
    model: "scene:image-to-video",
    state: "running",
    idempotencyKey: `${job.id}:a1`,
    plan: exampleSelection.plan,
    adjustments: estimate?.adjustments ?? [],
    decision: exampleSelection.record,
    leaseUntil: job.createdAt,
    sends: 1,
    operation: { jobId: job.id },
    createdAt: job.createdAt,
    acceptedAt: job.createdAt,
    endedAt: null,
    timeoutAt: job.deadlineAt,
    hedgeAt: null,
    hedge: false,
    typical: { p50Seconds: 60, p90Seconds: 120 },
    listedCostUsdMicros: 1,
    estimatedCostUsdMicros: 1,
    costUsdMicros: null,
    wasted: false,
    failure: null,
    storeTries: 0,
    composite: plan,
  } as const;
  return { ...job, next: null, composition, attempts: [attempt] };
}

async function sceneOfEarlier() {
  const world = createWorld();
  const { id } = await submitExampleScene(world);
  while (partsOf(world, id)[0]?.status !== "generating") await world.run(1);
  world.loseTasks();
  world.database.jobs.set(id, frozenCopy(upgradeJob(asEarlier(await world.job(id)))));
  return { world, id };
}

describe("a scene that was begun by the version before", () => {
  it("is made to its end, each part once", async () => {
    const { world, id } = await sceneOfEarlier();
    expect(await runUntilEnded(world, id)).toMatchObject({ status: "completed", attempts: [] });
    expect(world.paidStarts()).toHaveLength(2);
    await expectSettled(world);
  });

  it("is cancelled with its open part", async () => {
    const { world, id } = await sceneOfEarlier();
    await cancelJob(world.deps, await world.job(id), "owner");
    await world.run(600);
    expect(partsOf(world, id)).toMatchObject([{ status: "cancelled" }]);
    expect((await world.job(id)).cancellation?.outcome).not.toBe("requested");
    await expectSettled(world);
  });
});
