import { describe, expect, it } from "@jest/globals";
import { coldStart, importTimes } from "./cold-start.js";

describe("the cold-start bench", () => {
  it("times two sets of modules in turn, each in a fresh process, and drops the first rounds", async () => {
    const { a, b } = await importTimes(["zod"], ["node:path"], { samples: 2, warmUps: 1 });
    expect([a.length, b.length]).toEqual([2, 2]);
    for (const milliseconds of [...a, ...b]) expect(milliseconds).toBeGreaterThan(0);
  });

  it("fails instead of reporting a time when a module cannot be imported", async () => {
    const options = { samples: 1, warmUps: 0 };
    await expect(importTimes(["no-such-module"], ["node:path"], options)).rejects.toThrow("no-such-module");
  });

  it("shows both medians and their ratio", () => {
    const table = coldStart.table({
      entryMs: 300,
      baselineMs: 200,
      ratio: 1.5,
      samples: 15,
      entryRangeMs: [290, 320],
      baselineRangeMs: [190, 210],
    });
    expect(table).toContain("300.0");
    expect(table).toContain("entry / baseline = 1.50");
  });
});
