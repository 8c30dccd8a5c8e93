import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { defaultPolicy } from "../../domain/policy/policy.js";
import { reportDrift } from "../admin/report-drift.js";
import type { Deps } from "../deps.js";

const anotherKey = "another-key-77aa";

/** The same installation, deployed with the keys of other accounts, which know nothing of this one's. */
function redeployed({ deps }: World): Deps {
  const other = createWorld({ apiKey: anotherKey });
  return { ...deps, providers: other.deps.providers };
}

async function runAs(process: Deps, world: World, seconds: number): Promise<void> {
  for (let waited = 0; waited < seconds; waited += 10) {
    world.advance(10);
    await world.runDue(process);
  }
}

function events(world: World, event: string) {
  return world.log.lines.filter((line) => line.event === event);
}

describe("a key of another account", () => {
  it.each([
    ["heygen", 600],
    ["runway", 120],
  ])(
    "does not make the running jobs of %s be paid again: they end when the old one is back",
    async (vendor, seconds) => {
      const world = createWorld();
      const kind = vendor === "heygen" ? { kind: "avatar", script: "Hello", prompt: undefined } : {};
      const providers = vendor === "heygen" ? { only: [vendor] } : { prefer: [vendor] };
      const { id } = await world.submit({ ...kind, deadlineSeconds: 3_600, providers });
      await world.runDue();
      const [attempt] = (await world.job(id)).attempts;
      expect(attempt).toMatchObject({
        provider: vendor,
        credentialId: expect.stringMatching(/^[0-9a-f]{8}$/),
      });

      await runAs(redeployed(world), world, seconds);
      expect(events(world, "provider.credential_changed").length).toBeGreaterThan(0);
      expect(await world.job(id)).toMatchObject({ status: "generating", attempts: [{ state: "running" }] });

      await world.run(3_000);
      expect(await world.job(id)).toMatchObject({ status: "completed", attempts: [{ state: "succeeded" }] });
      expect(world.paidStarts()).toHaveLength(1);
      await expectSettled(world);
    },
  );

  it("is told, with neither of the keys", async () => {
    const world = createWorld();
    const { id } = await world.submit({ providers: { prefer: ["runway"] } });
    await world.runDue();
    await runAs(redeployed(world), world, 120);
    expect(events(world, "provider.credential_changed")[0]).toEqual({
      level: "warn",
      event: "provider.credential_changed",
      fields: { jobId: id, attempt: 1, provider: "runway" },
    });
    expect(events(world, "provider.poll_missed").length).toBeGreaterThan(0);
    const seen = JSON.stringify([world.log.lines, await world.job(id)]);
    expect(seen).not.toContain(anotherKey);
  });

  it("does not lose a finished video that is being stored", async () => {
    const world = createWorld();
    const { id } = await world.submit({ deadlineSeconds: 3_600, providers: { prefer: ["runway"] } });
    await world.runDue();
    const old = { ...world.deps, downloads: { open: () => Promise.reject(new Error("not yet")) } };
    while ((await world.job(id)).status === "generating") await runAs(old, world, 10);
    await runAs(redeployed(world), world, 60);
    expect(await world.job(id)).toMatchObject({ status: "storing", attempts: [{ state: "succeeded" }] });
    await world.run(900);
    expect((await world.job(id)).status).toBe("completed");
    expect(world.paidStarts()).toHaveLength(1);
  });

  it("is not sent a start again that the other account may have accepted", async () => {
    const world = createWorld({ faults: ["runware:lost*1"] });
    const other = createWorld({ apiKey: anotherKey });
    const process = { ...world.deps, providers: other.deps.providers };
    const { id } = await world.submit({ providers: { only: ["runware:google:3@3"] } });
    await world.runDue();
    await runAs(process, world, 120);
    expect((await world.job(id)).attempts).toMatchObject([{ state: "ambiguous", sends: 1 }]);
    expect(other.paidStarts()).toHaveLength(0);
    expect(world.paidStarts()).toHaveLength(1);
  });
});

describe("a generation that its own account no longer knows", () => {
  it("is lost, and counts as paid in vain at its listed price", async () => {
    const world = createWorld({
      wrap: (provider) =>
        provider.id === "runway" ? { ...provider, status: async () => ({ status: "missing" }) } : provider,
      policy: { ...defaultPolicy, limits: { ...defaultPolicy.limits, maxAttempts: 1 } },
    });
    const { id } = await world.submit({ providers: { only: ["runway:veo3.1_fast"] } });
    await world.run(300);
    expect(await world.job(id)).toMatchObject({
      status: "failed",
      attempts: [{ state: "failed", failure: { code: "expired" }, costUsdMicros: null, wasted: true }],
    });
    expect(events(world, "provider.credential_changed")).toEqual([]);
    const { models, wasteRatio } = await reportDrift(world.deps, 10);
    expect(models).toMatchObject([{ billed: 0, ratio: null, wasted: 1, wastedUsd: 0.6 }]);
    expect(wasteRatio).toBe(1);
  });
});
