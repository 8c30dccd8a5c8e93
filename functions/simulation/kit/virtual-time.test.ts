import { describe, expect, it } from "@jest/globals";
import { createVirtualTime } from "./virtual-time.js";

describe("virtual time", () => {
  it("lets everything happen in the order of its time, and of its asking at the same time", async () => {
    const time = createVirtualTime(1_000);
    const seen: string[] = [];
    for (const [dueAt, name] of [
      [30, "c"],
      [10, "a"],
      [30, "d"],
      [20, "b"],
    ] as const) {
      time.at(1_000 + dueAt, () => seen.push(`${name}@${time.now() - 1_000}`));
    }
    await time.run(1_025, () => false);
    expect(seen).toEqual(["a@10", "b@20"]);
    expect(time.now()).toBe(1_025);
    await time.run(2_000, () => false);
    expect(seen).toEqual(["a@10", "b@20", "c@30", "d@30"]);
  });

  it("stands still until whoever was woken has got as far as it can", async () => {
    const time = createVirtualTime(0);
    const seen: number[] = [];
    const walk = async () => {
      for (let step = 0; step < 3; step += 1) {
        await time.sleep(10);
        await Promise.resolve();
        seen.push(time.now());
      }
    };
    void walk();
    void walk();
    await time.run(1_000, () => false);
    expect(seen).toEqual([10, 10, 20, 20, 30, 30]);
  });

  it("does at once what should have been done earlier", async () => {
    const time = createVirtualTime(50);
    let at = 0;
    time.at(10, () => {
      at = time.now();
    });
    await time.run(60, () => false);
    expect(at).toBe(50);
  });

  it("does not do what was taken back", async () => {
    const time = createVirtualTime(0);
    const seen: string[] = [];
    const scheduled = time.at(10, () => seen.push("taken back"));
    time.at(20, () => seen.push("kept"));
    scheduled.action = null;
    await time.run(30, () => false);
    expect(seen).toEqual(["kept"]);
    expect(time.moments()).toBe(1);
  });

  it("keeps the order of a great many", async () => {
    const time = createVirtualTime(0);
    const seen: number[] = [];
    for (let index = 0; index < 1_000; index += 1) {
      const dueAt = (index * 7_919) % 1_009;
      time.at(dueAt, () => seen.push(dueAt));
    }
    await time.run(2_000, () => false);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen).toHaveLength(1_000);
  });
});
