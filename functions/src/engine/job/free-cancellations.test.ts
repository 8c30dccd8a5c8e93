import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { caller, createWorld, type World } from "../../../test/engine/world.js";
import { defaultPolicy, type Policy } from "../../domain/policy/policy.js";
import { cancelJob } from "./cancel.js";
import { retryVideo } from "./retry.js";
import { submitScene } from "./submit.js";

const onRunway = { providers: { only: ["runway:gen4.5"] } };

function withFree(freeCancellationsPerUserPerDay: number): Policy {
  return { ...defaultPolicy, cancellation: { charge: "nothing", freeCancellationsPerUserPerDay } };
}

async function cancelRunning(world: World): Promise<string> {
  const { id } = await world.submit(onRunway);
  await world.run(20);
  await cancelJob(world.deps, await world.job(id), "owner");
  return id;
}

describe("free cancellations", () => {
  const midnight = Date.parse("2026-11-22T00:00:00Z");
  const refused = expect.objectContaining({
    code: "rate_exceeded",
    message: expect.stringContaining("again at 2026-11-22T00:00:00.000Z"),
    details: { retryAt: midnight, limit: 2 },
  });

  it("are so many a day: then every kind of start is refused until the next one", async () => {
    const world = createWorld({ policy: withFree(2) });
    const id = await cancelRunning(world);
    await cancelRunning(world);
    const scene = { scene: { imagePrompt: "A boat", visualPrompt: "It sails" } };
    await expect(world.submit(onRunway)).rejects.toEqual(refused);
    await expect(submitScene(world.deps, caller, scene)).rejects.toEqual(refused);
    await expect(retryVideo(world.deps, caller.uid, id)).rejects.toEqual(refused);
    world.advance((midnight - world.now()) / 1_000);
    expect((await world.submit(onRunway)).status).toBe("queued");
    await world.run(3_600);
    await expectSettled(world);
  });

  it("are not given beyond that to videos that were started before: those are charged", async () => {
    const world = createWorld({ policy: withFree(2) });
    const jobs = [];
    for (let count = 0; count < 4; count += 1) jobs.push(await world.submit(onRunway));
    await world.run(20);
    for (const { id } of jobs) await cancelJob(world.deps, await world.job(id), "owner");
    await world.run(3_600);
    const charged = await Promise.all(jobs.map(async ({ id }) => (await world.job(id)).chargedCredits > 0));
    expect(charged).toEqual([false, false, true, true]);
    await expectSettled(world);
  });

  it("are not used by what no provider had begun, nor by an administrator", async () => {
    const world = createWorld({ policy: withFree(1) });
    for (let count = 0; count < 3; count += 1) {
      const { id } = await world.submit(onRunway);
      await cancelJob(world.deps, await world.job(id), "owner");
    }
    const { id } = await world.submit(onRunway);
    await world.run(20);
    await cancelJob(world.deps, await world.job(id), "admin");
    expect((await world.submit(onRunway)).status).toBe("queued");
  });

  it("may be none: then each is charged, and starts are refused to nobody", async () => {
    const world = createWorld({ policy: defaultPolicy });
    for (let count = 0; count < 5; count += 1) await cancelRunning(world);
    expect((await world.submit(onRunway)).status).toBe("queued");
  });
});
