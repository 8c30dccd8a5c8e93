import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { defaultPolicy, type Policy } from "../../domain/policy/policy.js";

/** Made by Runway in 70 s as a rule, and given up after 585 s. */
const model = { providers: { only: ["runway:gen4.5"] } };

async function stuckUntil(
  deadlineSeconds: number | undefined,
  policy: Policy = defaultPolicy,
): Promise<World> {
  const world = createWorld({ policy, faults: ["runway:stuck"] });
  const named = deadlineSeconds === undefined ? {} : { deadlineSeconds };
  await world.submit({ ...model, ...named });
  await world.run(3 * 3_600);
  await expectSettled(world);
  return world;
}

describe("a deadline that a caller has named", () => {
  it("is a cancellation in advance: what a provider keeps of the work it stops is charged", async () => {
    const world = await stuckUntil(240);
    const [job] = world.database.jobs.values();
    expect(job).toMatchObject({
      status: "failed",
      error: { code: "deadline_exceeded" },
      chargedCredits: 12,
      cancellation: { by: "deadline", chargedCredits: 12 },
    });
  });

  it("that left a provider its time charges nothing: the provider has failed", async () => {
    const world = await stuckUntil(7_200);
    const [job] = world.database.jobs.values();
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0, cancellation: null });
  });

  it("charges nothing where a cancellation costs nothing, or nothing was begun", async () => {
    const free: Policy = {
      ...defaultPolicy,
      cancellation: { ...defaultPolicy.cancellation, charge: "nothing" },
    };
    const [job] = (await stuckUntil(240, free)).database.jobs.values();
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0 });
    const world = createWorld({ policy: defaultPolicy });
    const { id } = await world.submit({ ...model, deadlineSeconds: 240 });
    world.loseTasks();
    world.advance(241);
    await world.run(120);
    expect(await world.job(id)).toMatchObject({ status: "failed", chargedCredits: 0, cancellation: null });
    await expectSettled(world);
  });

  it("is not the deadline of the policy, which is ours", async () => {
    const policy: Policy = { ...defaultPolicy, limits: { ...defaultPolicy.limits, deadlineSeconds: 240 } };
    const [job] = (await stuckUntil(undefined, policy)).database.jobs.values();
    expect(job).toMatchObject({ status: "failed", error: { code: "deadline_exceeded" }, chargedCredits: 0 });
  });
});
