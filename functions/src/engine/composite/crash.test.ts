import { describe, expect, it } from "@jest/globals";
import { dyingProcess } from "../../../simulation/kit/intercept-calls.js";
import { partsOf, runUntilEnded, submitExampleScene } from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import type { Deps } from "../deps.js";

/** Runs a scene in a process that dies at its nth call, and then in one that lives. */
async function runWithDeath(atCall: number, when: "before" | "after") {
  const world = createWorld();
  const { id } = await submitExampleScene(world);
  const doomed = dyingProcess(world.deps, { atCall, when });
  const isDead = await Promise.race([doomed.died.then(() => true), live(world, id, doomed.deps)]);
  const job = await runUntilEnded(world, id);
  return { world, job, isDead, calls: doomed.calls() };
}

async function live(world: World, id: string, deps: Deps): Promise<false> {
  while ((await world.job(id)).endedAt === null) {
    await world.runDue(deps);
    world.advance(1);
  }
  return false;
}

describe("a scene whose process dies", () => {
  it.each(["before", "after"] as const)("%s any of its calls is finished and paid once", async (when) => {
    const { calls } = await runWithDeath(Number.POSITIVE_INFINITY, when);
    expect(calls).toBeGreaterThan(50);
    for (let atCall = 1; atCall <= calls; atCall += 1) {
      const { world, job, isDead } = await runWithDeath(atCall, when);
      expect({ atCall, isDead, status: job.status }).toEqual({ atCall, isDead: true, status: "completed" });
      const names = partsOf(world, job.id).map(({ partOf }) => partOf?.name);
      expect(names).toEqual(["image", "video"]);
      const steps = job.composition?.steps.map(({ name }) => name);
      expect(new Set(steps).size).toBe(steps?.length);
      // The sweeper delivers what a part could not tell any more.
      await world.run(180);
      await expectSettled(world);
    }
  });
});
