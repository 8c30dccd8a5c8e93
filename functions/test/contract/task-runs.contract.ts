import { beforeEach, describe, expect, it } from "@jest/globals";
import { isLost } from "../../src/domain/job/lost-tasks.js";
import type { TaskRuns } from "../../src/engine/ports/task-runs.js";
import { startMs } from "./fixtures/jobs.js";

/** What every store of task runs owes the sweeper. */
export function describeTaskRunsContract(name: string, open: (now: () => number) => Promise<TaskRuns>): void {
  let runs: TaskRuns;
  let now: number;

  beforeEach(async () => {
    now = startMs;
    runs = await open(() => now);
  });

  describe(`the ${name} store of task runs`, () => {
    it("knows nothing of what has never run", async () => {
      expect(await runs.latest()).toEqual({});
    });

    it("keeps each type by itself, the latest of it", async () => {
      await runs.note("poll");
      now += 60_000;
      await runs.note("store");
      await runs.note("poll");
      expect(await runs.latest()).toEqual({ poll: now, store: now });
    });

    it("lets no task count as lost that has run, however soon after another", async () => {
      for (const gapMs of [0, 1, 5_000, 19_999, 20_000, 20_001, 40_000]) {
        now += gapMs;
        await runs.note("poll");
        const { poll } = await runs.latest();
        expect([gapMs, isLost(now, poll, now + 3_600_000)]).toEqual([gapMs, false]);
      }
    });
  });
}
