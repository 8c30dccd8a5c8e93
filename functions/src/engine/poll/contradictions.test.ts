import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import { UnreachableError } from "../../domain/errors.js";
import type { OperationStatus } from "../../domain/provider/provider.js";

/** A world in which one vendor's reads from the given second on are answered by the script, then honestly. */
function worldWith(answers: (() => OperationStatus)[], fromSecond = 62) {
  const readAt: number[] = [];
  let startedAt = 0;
  const world: World = createWorld({
    wrap: (provider) => ({
      ...provider,
      status: async (operation) => {
        const second = (world.now() - startedAt) / 1_000;
        readAt.push(second);
        const answer = second >= fromSecond ? answers.shift() : undefined;
        return answer === undefined ? provider.status(operation) : answer();
      },
    }),
  });
  startedAt = world.now();
  return { world, readAt };
}

const missing = (): OperationStatus => ({ status: "missing" });
const only = { providers: { only: ["runway:veo3.1_fast"] } };

describe("a vendor that says once that it does not know a generation which runs", () => {
  it("is asked again, and the generation that is paid for goes on", async () => {
    const { world } = worldWith([missing]);
    const { id } = await world.submit(only);
    await world.run(900);
    expect(await world.job(id)).toMatchObject({ status: "completed", attempts: [{ state: "succeeded" }] });
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it("is not believed either when it says so twice with another answer in between", async () => {
    const pending = (): OperationStatus => ({ status: "pending" });
    const { world } = worldWith([missing, pending, missing]);
    const { id } = await world.submit(only);
    await world.run(900);
    expect(await world.job(id)).toMatchObject({ status: "completed", attempts: [{ state: "succeeded" }] });
  });

  it("is believed when it says so again, a poll later", async () => {
    const { world, readAt } = worldWith(Array.from({ length: 50 }, () => missing));
    const { id } = await world.submit({ ...only, deadlineSeconds: 3_600 });
    await world.run(300);
    const [attempt] = (await world.job(id)).attempts;
    expect(attempt).toMatchObject({ state: "failed", failure: { providerCode: "missing" } });
    const [first = 0, second = 0] = readAt.filter((at) => at >= 62);
    expect(second - first).toBeGreaterThanOrEqual(5);
  });
});

describe("a wait that a vendor names on a poll", () => {
  it("passes before the next read", async () => {
    const busy = (): OperationStatus => {
      throw new UnreachableError("busy", { sent: "maybe", code: "unknown", retryAfterMs: 20_000 });
    };
    const { world, readAt } = worldWith([busy]);
    const { id } = await world.submit(only);
    await world.run(75);
    world.loseTasks();
    const [first = 0] = readAt.filter((at) => at >= 62);
    await world.run(900);
    const [, second = 0] = readAt.filter((at) => at >= 62);
    expect(first).toBeGreaterThanOrEqual(62);
    expect(second).toBeGreaterThan(first);
    expect((await world.job(id)).status).toBe("completed");
  });
});
