import { describe, expect, it } from "@jest/globals";
import { manualClock, realClock } from "./clock.js";

describe("a manual clock", () => {
  it("runs what becomes due in order, each at its own instant", () => {
    const clock = manualClock(1_000);
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${clock.now()}`);
    clock.schedule(1_300, note("c"));
    clock.schedule(1_100, note("a"));
    clock.schedule(1_100, note("b"));
    clock.schedule(1_501, note("late"));
    clock.advance(500);
    expect(seen).toEqual(["a@1100", "b@1100", "c@1300"]);
    expect(clock.now()).toBe(1_500);
  });

  it("runs in the same move what a due entry schedules within it", () => {
    const clock = manualClock(0);
    const seen: number[] = [];
    clock.schedule(10, () => clock.schedule(20, () => seen.push(clock.now())));
    clock.advance(30);
    expect(seen).toEqual([20]);
  });

  it("forgets what is cancelled", () => {
    const clock = manualClock(0);
    const cancel = clock.schedule(10, () => {
      throw new Error("cancelled");
    });
    cancel();
    clock.advance(20);
    expect(clock.now()).toBe(20);
  });
});

describe("a real clock", () => {
  it("runs as many times faster as its scale says, and never early", async () => {
    const clock = realClock(1_000);
    const atMs = clock.now() + 20_000;
    const wallMs = Date.now();
    const ranAt = await new Promise<number>((resolve) => clock.schedule(atMs, () => resolve(clock.now())));
    expect(ranAt).toBeGreaterThanOrEqual(atMs);
    expect(Date.now() - wallMs).toBeLessThan(10_000);
  });

  it("does not fire at once for a time that a timer cannot hold", async () => {
    const clock = realClock();
    let fired = false;
    const cancel = clock.schedule(clock.now() + 30 * 86_400_000, () => {
      fired = true;
    });
    await new Promise<void>((resolve) => clock.schedule(clock.now() + 5, resolve));
    cancel();
    expect(fired).toBe(false);
  });
});
