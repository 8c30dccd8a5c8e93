import { describe, expect, it } from "@jest/globals";
import { partsOf } from "../../../test/engine/composites.js";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld } from "../../../test/engine/world.js";
import { utcDay } from "../../domain/day.js";
import { defaultPolicy, type Policy } from "../../domain/policy/policy.js";

const long = { durationSeconds: 30 };

function capped(usd: number): Policy {
  return { ...defaultPolicy, budgets: { ...defaultPolicy.budgets, user: { usd, credits: null } } };
}

describe("the budget of a whole", () => {
  it("is reserved before its first part is begun: none is made that cannot be followed by the rest", async () => {
    const world = createWorld({ policy: capped(7) });
    const ids = [];
    for (let count = 0; count < 4; count += 1) ids.push((await world.submit(long)).id);
    await world.run(3_600);
    const jobs = await Promise.all(ids.map((id) => world.job(id)));
    const failed = jobs.filter(({ status }) => status === "failed");
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(jobs.length);
    for (const { id, error } of failed) {
      expect(error).toMatchObject({ code: "budget_exceeded", details: { scope: "user" } });
      expect(partsOf(world, id)).toEqual([]);
    }
    await expectSettled(world);
  });

  it("is settled to what its parts cost, and counted once", async () => {
    const world = createWorld({ policy: capped(50) });
    const { id } = await world.submit(long);
    await world.run(3_600);
    const [used] = await world.deps.jobs.budgetUse(utcDay(world.now()), [{ type: "user", id: caller.uid }]);
    expect(used?.usdMicros).toBe((await world.job(id)).composition?.costUsdMicros);
  });
});
