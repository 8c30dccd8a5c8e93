import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { circuitView, closedCircuit } from "../../domain/health/circuit.js";
import { checkHealth } from "../upkeep/check-health.js";

const atRunway = { providers: { only: ["runway:veo3.1_fast"] } };

async function openRunway(world: World, seconds: number): Promise<void> {
  await world.deps.health.changeCircuit("runway", () => ({
    ...closedCircuit,
    state: "open",
    openings: 1,
    openUntil: world.now() + seconds * 1_000,
  }));
}

async function viewOf(world: World, key: string): Promise<string> {
  const { health } = await world.deps.snapshot();
  return circuitView(health.circuits[key] ?? closedCircuit, world.now());
}

describe("a circuit", () => {
  it("that opens while jobs wait makes them wait for it, not fail", async () => {
    const world = createWorld();
    const { id } = await world.submit(atRunway);
    await openRunway(world, 60);
    await world.runDue();
    expect(await world.job(id)).toMatchObject({
      status: "queued",
      next: { step: "start", dueAt: world.now() + 60_000 },
    });
    await world.run(600);
    expect((await world.job(id)).status).toBe("completed");
    await expectSettled(world);
  });

  it("that is half-open lets one job through; its success lets in the rest", async () => {
    const world = createWorld();
    const jobs = await Promise.all(Array.from({ length: 5 }, () => world.submit(atRunway)));
    await openRunway(world, 0);
    await world.runDue();
    const statuses = await Promise.all(jobs.map(async ({ id }) => (await world.job(id)).status));
    expect(statuses.filter((status) => status === "generating")).toHaveLength(1);
    expect(statuses.filter((status) => status === "queued")).toHaveLength(4);
    expect(world.paidStarts()).toHaveLength(1);
    await world.run(3_000);
    expect(await viewOf(world, "runway")).toBe("closed");
    expect(world.paidStarts()).toHaveLength(5);
    await expectSettled(world);
  });

  it("that is half-open gives one trial although every instance believes it free", async () => {
    const world = createWorld();
    const jobs = await Promise.all(Array.from({ length: 4 }, () => world.submit(atRunway)));
    await openRunway(world, 0);
    const stale = await world.deps.snapshot();
    const deps = { ...world.deps, health: { ...world.deps.health, snapshot: async () => stale } };
    await world.runDue(deps);
    const statuses = await Promise.all(jobs.map(async ({ id }) => (await world.job(id)).status));
    expect(statuses.toSorted()).toEqual(["generating", "queued", "queued", "queued"]);
    expect(world.paidStarts()).toHaveLength(1);
  });

  it("that is open at one provider sends jobs to the others", async () => {
    const world = createWorld();
    await openRunway(world, 600);
    const { id } = await world.submit();
    await world.run(900);
    const job = await world.job(id);
    expect(job.status).toBe("completed");
    expect(job.attempts[0]?.provider).not.toBe("runway");
  });

  it("of a provider opens after three starts that did not arrive", async () => {
    const world = createWorld();
    world.unplugged.add("runway");
    await world.submit({ providers: { only: ["runway"] } });
    await world.runDue();
    for (let retries = 0; retries < 3; retries += 1) {
      world.advance(10);
      await world.runDue();
    }
    expect(await viewOf(world, "runway")).toBe("open");
  });
});

describe("the health check", () => {
  it("reads every account without generating, and counts what runs", async () => {
    const world = createWorld();
    await world.submit(atRunway);
    await world.runDue();
    const report = await checkHealth(world.deps);
    expect(report.map(({ provider, status }) => [provider, status])).toEqual([
      ["heygen", "ok"],
      ["runway", "ok"],
      ["runware", "ok"],
    ]);
    const { health } = await world.deps.snapshot();
    expect(health.running).toEqual({ "runway:veo3.1_fast": 1 });
    expect(health.balances.runway).toBeGreaterThan(0);
    expect(world.paidStarts()).toHaveLength(1);
  });

  it("opens the circuit of a provider whose key is refused, and says so loudly", async () => {
    const world = createWorld({ faults: ["runway:unauthorized"] });
    const report = await checkHealth(world.deps);
    expect(report).toContainEqual({ provider: "runway", status: "failed", balanceUsd: null });
    expect(await viewOf(world, "runway")).toBe("open");
    expect(world.log.lines).toContainEqual({
      level: "error",
      event: "provider.account_trouble",
      fields: { provider: "runway", code: "authentication" },
    });
  });

  it("says nothing about a provider that it could not reach", async () => {
    const world = createWorld({ faults: ["runway:down"] });
    const report = await checkHealth(world.deps);
    expect(report).toContainEqual({ provider: "runway", status: "unreachable", balanceUsd: null });
    expect(await viewOf(world, "runway")).toBe("closed");
  });
});
