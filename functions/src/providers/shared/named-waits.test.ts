import { describe, expect, it } from "@jest/globals";
import { UnreachableError } from "../../domain/errors.js";
import { keepingWaits } from "./named-waits.js";

const task = { taskId: "t1" };

function asked(retryAfterMs: number | undefined) {
  let now = 1_000;
  const times: number[] = [];
  const read = keepingWaits(
    async () => {
      times.push(now);
      throw new UnreachableError("busy", { sent: "maybe", code: "unknown", retryAfterMs });
    },
    () => now,
  );
  return {
    times,
    ask: async (afterMs: number, operation = task) => {
      now += afterMs;
      return read(operation).catch((error: UnreachableError) => error.retryAfterMs);
    },
  };
}

describe("reads of a task", () => {
  it("are not sent before a named wait has passed, and say how much of it is left", async () => {
    const { times, ask } = asked(20_000);
    await ask(0);
    expect(await ask(5_000)).toBe(15_000);
    expect(await ask(14_999)).toBe(1);
    await ask(1);
    expect(times).toEqual([1_000, 21_000]);
  });

  it("of another task, or without a named wait, are sent", async () => {
    const { times, ask } = asked(20_000);
    await ask(0);
    await ask(1, { taskId: "t2" });
    expect(times).toHaveLength(2);
    const free = asked(undefined);
    await free.ask(0);
    await free.ask(1);
    expect(free.times).toHaveLength(2);
  });

  it("come again after an hour, however long the wait", async () => {
    const { times, ask } = asked(24 * 3_600_000);
    await ask(0);
    await ask(3_599_999);
    await ask(1);
    expect(times).toHaveLength(2);
  });
});
