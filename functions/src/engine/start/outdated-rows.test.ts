import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld } from "../../../test/engine/world.js";
import { UnreachableError } from "../../domain/errors.js";
import type { StartResult, VideoProvider } from "../../domain/provider/provider.js";

/** A world in which the first starts of one vendor are answered by the script. */
function worldWith(vendor: string, answers: (() => StartResult)[]) {
  const startedAt: number[] = [];
  const wrap = (provider: VideoProvider): VideoProvider => ({
    ...provider,
    start: async (plan, context) => {
      if (provider.id !== vendor) return provider.start(plan, context);
      startedAt.push(world.now());
      return answers.shift()?.() ?? provider.start(plan, context);
    },
  });
  const world = createWorld({ wrap });
  return { world, startedAt };
}

const outdated = (): StartResult => ({
  status: "refused",
  failure: { code: "catalogue_outdated", providerCode: "invalid_union:model", statusCode: 400 },
});

describe("a row that the vendor refuses", () => {
  it("moves on to the next candidate, opens its own circuit and raises an alarm that names it", async () => {
    const { world } = worldWith("runway", [outdated]);
    const { id } = await world.submit({ providers: { prefer: ["runway"] } });
    await world.run(900);
    const job = await world.job(id);
    const [first] = job.attempts;
    expect(job).toMatchObject({ status: "completed", error: null });
    expect(first).toMatchObject({
      state: "failed",
      costUsdMicros: 0,
      failure: { code: "catalogue_outdated" },
    });
    const { health } = await world.deps.snapshot();
    expect(health.circuits[first?.model ?? ""]).toMatchObject({ state: "open" });
    expect(health.circuits.runway?.state ?? "closed").toBe("closed");
    expect(world.log.lines.filter(({ event }) => event === "provider.catalogue_outdated")).toMatchObject([
      {
        level: "error",
        fields: { provider: "runway", model: first?.model, providerCode: "invalid_union:model", jobId: id },
      },
    ]);
    await expectSettled(world);
  });

  it("is never the user's fault, and nothing is charged when nobody else is left", async () => {
    const { world } = worldWith("runway", [outdated]);
    const { id } = await world.submit({ providers: { only: ["runway:veo3.1_fast"] } });
    await world.run(3_600);
    const job = await world.job(id);
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0, heldCredits: 0 });
    expect(job.error?.fault).not.toBe("user");
    await expectSettled(world);
  });
});

describe("a wait that a vendor names on a start", () => {
  it("passes before the start is sent again", async () => {
    const busy = (): StartResult => {
      throw new UnreachableError("busy", { sent: "maybe", code: "unknown", retryAfterMs: 45_000 });
    };
    const { world, startedAt } = worldWith("runware", [busy]);
    const { id } = await world.submit({ providers: { only: ["runware:google:3@3"] } });
    await world.run(900);
    const [first = 0, second = 0] = startedAt;
    expect(second - first).toBeGreaterThanOrEqual(45_000);
    expect((await world.job(id)).status).toBe("completed");
  });

  it("passes before a start that was turned away is tried again, also where nothing was sent", async () => {
    const busy = (): StartResult => {
      throw new UnreachableError("busy", { sent: "no", code: "server_error", retryAfterMs: 45_000 });
    };
    const { world, startedAt } = worldWith("runware", [busy]);
    const { id } = await world.submit({ providers: { only: ["runware:google:3@3"] } });
    await world.run(900);
    const [first = 0, second = 0] = startedAt;
    expect(second - first).toBeGreaterThanOrEqual(45_000);
    expect((await world.job(id)).status).toBe("completed");
  });
});
