import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../test/engine/settled.js";
import { createWorld } from "../../test/engine/world.js";

describe("what a job has taught about its provider", () => {
  it("does not keep the job from going on when it cannot be written", async () => {
    let tries = 0;
    const world = createWorld({ faults: ["runware:fail*1"] });
    const record = async () => {
      tries += 1;
      throw new Error("the state cannot be written");
    };
    const deps = { ...world.deps, health: { ...world.deps.health, record } };
    const { id } = await world.submit({ providers: { only: ["runware"] } });
    for (let step = 0; step < 60 && (await world.job(id)).endedAt === null; step += 1) {
      world.advance(Math.max(0, (world.queue.nextDueAt() ?? world.now()) - world.now()) / 1_000);
      await world.runDue(deps);
    }
    expect(await world.job(id)).toMatchObject({ status: "completed", outbox: [] });
    expect(world.notifier.ended).toHaveLength(1);
    expect(tries).toBeGreaterThanOrEqual(2);
    const told = world.log.lines.filter(({ event }) => event === "health.record_failed");
    expect(told).toHaveLength(tries);
    await expectSettled(world);
  });
});
