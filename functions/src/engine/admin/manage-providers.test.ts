import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { checkHealth } from "../upkeep/check-health.js";
import { isolateProvider, listProviders, switchProvider } from "./manage-providers.js";

async function providerOfNext(
  world: World,
  changes: Record<string, unknown> = {},
): Promise<string | undefined> {
  const { id } = await world.submit(changes);
  await world.runDue();
  return (await world.job(id)).attempts[0]?.provider;
}

describe("switching a provider", () => {
  it("off takes effect with the next decision, and on brings it back", async () => {
    const world = createWorld();
    const first = (await providerOfNext(world)) ?? "";
    await switchProvider(world.deps, "root", first, "off");
    expect(await providerOfNext(world)).not.toBe(first);
    await switchProvider(world.deps, "root", first, "on");
    expect(await providerOfNext(world)).toBe(first);
    expect(world.audit.lines.map(({ action, target, details }) => [action, target, details])).toEqual([
      ["provider.off", first, { before: "on" }],
      ["provider.on", first, { before: "off" }],
    ]);
  });

  it("to drain lets what runs there finish, and sends the next elsewhere", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    await world.runDue();
    const { provider = "" } = (await world.job(id)).attempts[0] ?? {};
    await switchProvider(world.deps, "root", provider, "drain");
    expect(await providerOfNext(world)).not.toBe(provider);
    await world.run(1_800);
    expect(await world.job(id)).toMatchObject({ status: "completed", attempts: [{ provider }] });
    expect(world.paidStarts(provider)).toHaveLength(1);
    await expectSettled(world);
  });

  it("may concern one model, and never opens what its provider has closed", async () => {
    const world = createWorld();
    const only = { providers: { only: ["runway:veo3.1_fast"] } };
    await switchProvider(world.deps, "root", "runway:veo3.1_fast", "off");
    await expect(world.submit(only)).rejects.toMatchObject({ code: "no_candidate" });
    await switchProvider(world.deps, "root", "runway:veo3.1_fast", "on");
    expect(await providerOfNext(world, only)).toBe("runway");
    await switchProvider(world.deps, "root", "runway", "off");
    await expect(world.submit(only)).rejects.toMatchObject({
      details: { reasons: { "runway:veo3.1_fast": "provider_off" } },
    });
  });

  it("refuses a name that it does not know, lists the known ones, and changes nothing", async () => {
    const world = createWorld();
    for (const change of [
      switchProvider(world.deps, "root", "nobody", "off"),
      isolateProvider(world.deps, "root", "nobody", true),
    ]) {
      await expect(change).rejects.toMatchObject({
        code: "invalid_argument",
        message: expect.stringMatching(/^target: unknown nobody; known are heygen, runway, runware/),
      });
    }
    expect(world.audit.lines).toEqual([]);
    expect((await world.deps.snapshot()).health.switches).toEqual({});
  });
});

describe("isolating a circuit", () => {
  it("holds it open whatever happens, until it is released with a clean record", async () => {
    const world = createWorld();
    const only = { providers: { only: ["runway"] } };
    await isolateProvider(world.deps, "root", "runway", true);
    await expect(world.submit(only)).rejects.toMatchObject({
      code: "no_candidate",
      details: { retryAt: null },
    });
    world.advance(86_400);
    await checkHealth(world.deps);
    await expect(world.submit(only)).rejects.toMatchObject({ code: "no_candidate" });
    await isolateProvider(world.deps, "root", "runway", false);
    expect(await providerOfNext(world, only)).toBe("runway");
    expect(world.audit.lines.map(({ action, details }) => [action, details])).toEqual([
      ["circuit.isolated", { before: "closed" }],
      ["circuit.released", { before: "isolated" }],
    ]);
  });
});

describe("the list of providers", () => {
  it("shows every provider with its name, switch, account and what runs there", async () => {
    const world = createWorld();
    const { id } = await world.submit();
    await world.runDue();
    const { provider = "", model = "" } = (await world.job(id)).attempts[0] ?? {};
    await checkHealth(world.deps);
    await switchProvider(world.deps, "root", "runway", "drain");
    const { checkedAt, providers } = await listProviders(world.deps);
    expect(checkedAt).toBe(world.now());
    expect(providers.map((one) => one.label)).toEqual(["HeyGen", "Runway", "Runware"]);
    expect(providers.map((one) => one.switch)).toEqual(["on", "drain", "on"]);
    for (const one of providers) {
      expect(one).toMatchObject({ configured: true, circuit: { state: "closed" } });
      expect(one.balanceUsd).toBeGreaterThan(0);
    }
    const shown = providers.find((one) => one.id === provider);
    expect(shown).toMatchObject({ running: 1 });
    expect(shown?.models.find((one) => one.id === model)).toMatchObject({ running: 1 });
  });
});
