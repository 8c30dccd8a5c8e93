import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld } from "../../../test/engine/world.js";

const runware = { providers: { only: ["runware:google:3@3"] } };

describe("a job that has to wait", () => {
  it("waits for the only provider that can take it when that one is at its limit", async () => {
    const world = createWorld({ faults: ["runware:rate-limit*2"] });
    const { id } = await world.submit(runware);
    await world.run(900);
    const job = await world.job(id);
    expect(job.status).toBe("completed");
    expect(job.attempts.map((attempt) => attempt.failure?.code ?? null)).toEqual([
      "rate_limited",
      "rate_limited",
      null,
    ]);
    await expectSettled(world);
  });

  it("does not believe a provider that cannot find what it has just accepted", async () => {
    let reads = 0;
    const world = createWorld({
      wrap: (provider) => ({
        ...provider,
        status: async (operation) => {
          reads += 1;
          return reads === 1 ? { status: "missing" } : provider.status(operation);
        },
      }),
    });
    const { id } = await world.submit(runware);
    await world.run(900);
    expect(await world.job(id)).toMatchObject({ status: "completed", attempts: [{ state: "succeeded" }] });
    expect(world.paidStarts()).toHaveLength(1);
  });
});
