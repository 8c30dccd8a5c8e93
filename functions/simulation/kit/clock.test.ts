import { describe, expect, it } from "@jest/globals";
import { manualClock, pacedClock, realClock } from "./clock.js";

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

describe("a paced clock", () => {
  const scale = 60;
  const leaseMs = 30_000;

  /** A clock over a wall that the test moves, and that beats when the test says so. */
  function paced() {
    let wallMs = 1_000_000;
    const withheld: number[] = [];
    const clock = pacedClock(
      scale,
      wallMs,
      (ms) => withheld.push(ms),
      () => wallMs,
    );
    const startedAt = clock.now();
    clock.stop();
    return {
      clock,
      withheld,
      passed: () => clock.now() - startedAt,
      wait: (ms: number) => {
        wallMs += ms;
      },
    };
  }

  it("runs at its full speed while the process keeps up", () => {
    const { clock, passed, wait, withheld } = paced();
    for (let count = 0; count < 50; count += 1) {
      wait(20);
      clock.beat();
    }
    expect(passed()).toBe(1_000 * scale);
    expect(withheld).toEqual([]);
  });

  it("lets no lease run out while the process is held up, and tells what did not count", () => {
    const { clock, passed, wait, withheld } = paced();
    wait(60_000);
    expect(passed()).toBeLessThan(leaseMs / 2);
    clock.beat();
    expect(passed()).toBeLessThan(leaseMs / 2);
    expect(withheld).toEqual([59_950]);
    wait(10);
    expect(passed()).toBe(60 * scale);
  });

  it("gives work that takes many turns of a busy process as many turns within a lease", () => {
    const { clock, passed, wait } = paced();
    for (let turn = 0; turn < 9; turn += 1) {
      wait(400);
      clock.beat();
    }
    expect(passed()).toBeLessThan(leaseMs);
  });

  it("never goes back, also when the wall does", () => {
    const { clock, passed, wait } = paced();
    wait(40);
    const before = passed();
    clock.beat();
    wait(-5_000);
    clock.beat();
    expect(passed()).toBeGreaterThanOrEqual(before);
  });
});
