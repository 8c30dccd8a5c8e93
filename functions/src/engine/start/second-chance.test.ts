import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { closedCircuit } from "../../domain/health/circuit.js";

const two = { providers: { only: ["runway:veo3.1_fast", "runware:google:3@3"], prefer: ["runway"] } };

async function openRunware(world: World, seconds: number): Promise<void> {
  await world.deps.health.changeCircuit("runware", () => ({
    ...closedCircuit,
    state: "open",
    openUntil: world.now() + seconds * 1_000,
  }));
}

async function modelsOf(world: World, id: string): Promise<string[]> {
  return (await world.job(id)).attempts.map((attempt) => attempt.provider);
}

describe("a second chance", () => {
  it("is given to a model that failed while the others are out of service", async () => {
    const world = createWorld({ faults: ["runway:fail*1"] });
    await openRunware(world, 3_000);
    const { id } = await world.submit(two);
    await world.run(900);
    expect((await world.job(id)).status).toBe("completed");
    expect(await modelsOf(world, id)).toEqual(["runway", "runway"]);
    await expectSettled(world);
  });

  it("is given as well when the others turn the job away", async () => {
    const world = createWorld({ faults: ["runway:fail*1"] });
    world.unplugged.add("runware");
    const { id } = await world.submit(two);
    await world.run(900);
    expect((await world.job(id)).status).toBe("completed");
    expect(await modelsOf(world, id)).toEqual(["runway", "runware", "runware", "runway"]);
    await expectSettled(world);
  });

  it("is not a third one: then the job waits for the others", async () => {
    const world = createWorld({ faults: ["runway:fail*2"] });
    await openRunware(world, 600);
    const { id } = await world.submit(two);
    await world.run(1_500);
    expect((await world.job(id)).status).toBe("completed");
    expect(await modelsOf(world, id)).toEqual(["runway", "runway", "runware"]);
  });

  it("is not needed while somebody new can take over", async () => {
    const world = createWorld({ faults: ["runway:fail*1"] });
    const { id } = await world.submit(two);
    await world.run(900);
    expect(await modelsOf(world, id)).toEqual(["runway", "runware"]);
  });

  it("is not given where nobody else is to be waited for", async () => {
    const world = createWorld({ faults: ["runway:fail*1"] });
    const { id } = await world.submit({ providers: { only: ["runway:veo3.1_fast"] } });
    await world.run(900);
    expect(await world.job(id)).toMatchObject({ status: "failed", error: { code: "processing_failed" } });
    expect(await modelsOf(world, id)).toEqual(["runway"]);
  });

  it("is not given to a refusal by moderation", async () => {
    const world = createWorld({ faults: ["runway:moderated*1"] });
    await openRunware(world, 600);
    const { id } = await world.submit(two);
    await world.run(900);
    expect(await world.job(id)).toMatchObject({ status: "failed", error: { code: "content_blocked" } });
    expect(await modelsOf(world, id)).toEqual(["runway"]);
  });
});
