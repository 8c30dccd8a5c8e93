import { describe, expect, it } from "@jest/globals";
import { scenarios, tryCrashPoints } from "./crash-points.js";
import { mutants } from "./mutants/mutants.js";
import { checkEdits } from "./mutants/try-mutants.js";
import { countViolations } from "./record.js";
import { replayLines, runSeed, seedsFor, toReport } from "./run-seed.js";

describe("a world full of faults", () => {
  it("loses no job, pays nothing twice and owes nobody anything", async () => {
    const results = [];
    for (const seed of seedsFor(600, 1)) results.push(await runSeed(seed));
    const report = toReport(results, 1);
    expect(replayLines(report.failing)).toEqual([]);
    expect(report.violations).toEqual(countViolations([]));
    expect(report.jobs).toBeGreaterThanOrEqual(550);
    expect(report.endings).toMatchObject({
      completed: expect.any(Number),
      failed: expect.any(Number),
      cancelled: expect.any(Number),
    });
  });

  it("is the same for the same seed, and another for another", async () => {
    const [first, again, other] = [await runSeed(7), await runSeed(7), await runSeed(8)];
    expect(again).toEqual(first);
    expect(other.hash).not.toBe(first.hash);
  });

  it("names the command that shows a failing history again", () => {
    const violation = { kind: "lost", jobId: "job-1", detail: "it is still queued" } as const;
    const failing = { seed: 9, jobs: 60, events: 1, hash: "", endings: {}, violations: [violation] };
    expect(replayLines([failing])).toEqual([
      "npm run chaos -- --seed 9 --jobs 60 --trace   # lost job-1: it is still queued",
    ]);
  });
});

describe("a process that dies at any one call to the world", () => {
  it.each(scenarios)("leaves nothing undone in the story %s, and is soon replaced", async (scenario) => {
    const report = await tryCrashPoints(scenario, { pairs: false, share: { index: 0, of: 1 } });
    expect(report.violations).toEqual([]);
    expect(report.singles).toBeGreaterThan(40);
    expect(report.slowestRecoverySeconds).toBeLessThan(120);
    expect(report.slowestSweepSeconds).toBeLessThanOrEqual(60);
  });
});

describe("the mutants", () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    "%s: the guard is where it was",
    (_, mutant) => {
      expect(() => checkEdits(mutant)).not.toThrow();
    },
  );

  it("are as many as the protocol has guards", () => {
    expect(mutants.length).toBeGreaterThanOrEqual(40);
  });
});
