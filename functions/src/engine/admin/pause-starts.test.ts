import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld } from "../../../test/engine/world.js";
import { pauseStarts, switchProvider } from "./manage-providers.js";

describe("the kill switch", () => {
  it("stops new paid starts everywhere while running work finishes, and lets waiting jobs go on later", async () => {
    const world = createWorld();
    const running = await world.submit();
    await world.runDue();
    const waiting = await world.submit();
    expect(await pauseStarts(world.deps, "root", null, true)).toEqual({ everywhere: true, providers: [] });
    const paid = world.paidStarts().length;
    await world.run(1_200);
    expect((await world.job(running.id)).status).toBe("completed");
    expect(await world.job(waiting.id)).toMatchObject({ status: "queued", attempts: [] });
    expect(world.paidStarts()).toHaveLength(paid);

    expect(await pauseStarts(world.deps, "root", null, false)).toEqual({ everywhere: false, providers: [] });
    await world.run(1_200);
    expect((await world.job(waiting.id)).status).toBe("completed");
    expect(world.audit.lines.map(({ action, target }) => [action, target])).toEqual([
      ["provider.drain", "*"],
      ["provider.on", "*"],
    ]);
    await expectSettled(world);
  });

  it("refuses new requests while it is on, and holds nothing for them", async () => {
    const world = createWorld();
    await pauseStarts(world.deps, "root", null, true);
    await expect(world.submit()).rejects.toMatchObject({ code: "no_candidate" });
    expect(await world.deps.credits.account("owner-1")).toMatchObject({ held: 0 });
  });

  it("ends a job whose deadline does not let it wait any longer", async () => {
    const world = createWorld();
    const { id } = await world.submit({ deadlineSeconds: 600 });
    await pauseStarts(world.deps, "root", null, true);
    await world.run(700);
    expect(await world.job(id)).toMatchObject({ status: "failed", error: { code: "no_candidate" } });
    await expectSettled(world);
  });

  it("for one provider sends jobs to the others", async () => {
    const world = createWorld();
    expect(await pauseStarts(world.deps, "root", "runway", true)).toEqual({
      everywhere: false,
      providers: ["runway"],
    });
    await world.submit({ providers: { prefer: ["runway"] } });
    await world.run(900);
    expect(world.paidStarts("runway")).toEqual([]);
    expect(world.paidStarts()).toHaveLength(1);
  });

  it("does not switch on what was switched off by hand", async () => {
    const world = createWorld();
    await world.deps.health.setSwitch("runway", "off");
    await pauseStarts(world.deps, "root", "runway", true);
    await pauseStarts(world.deps, "root", "runway", false);
    expect((await world.deps.snapshot()).health.switches.runway).toBe("off");
    expect(world.audit.lines).toEqual([]);
  });

  it("is the switch of the provider, which an administrator can also set to drain and on", async () => {
    const world = createWorld();
    await pauseStarts(world.deps, "root", "runway", true);
    expect((await world.deps.snapshot()).health.switches).toEqual({ runway: "drain" });
    await switchProvider(world.deps, "root", "runway", "on");
    await switchProvider(world.deps, "root", "*", "drain");
    expect(await pauseStarts(world.deps, "root", null, false)).toEqual({ everywhere: false, providers: [] });
  });

  it("names the providers that it knows", async () => {
    const { deps } = createWorld();
    await expect(pauseStarts(deps, "root", "acme", true)).rejects.toMatchObject({
      code: "invalid_argument",
      message: "provider: unknown acme; known are heygen, runway, runware",
    });
  });
});
