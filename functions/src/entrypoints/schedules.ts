import "./options.js";
import { onSchedule } from "firebase-functions/scheduler";
import { checkHealth as check } from "../engine/check-health.js";
import { cleanUp as clean } from "../engine/clean-up.js";
import { sweep as sweepJobs } from "../engine/sweep.js";
import { runtime } from "./runtime.js";

// One run at a time each: a second would only repeat what the first is doing.
const single = { maxInstances: 1, concurrency: 1 };
/** Rounds of a clean-up, so that a run that cannot delete anything ends as well. */
const cleanUpRounds = 500;

export const sweep = onSchedule(
  { schedule: "every 1 minutes", timeoutSeconds: 540, memory: "1GiB", ...single },
  async () => {
    const { deps } = await runtime();
    await sweepJobs(deps);
  },
);

export const checkHealth = onSchedule({ schedule: "every 5 minutes", ...single }, async () => {
  const { deps } = await runtime();
  await check(deps);
});

export const cleanUp = onSchedule(
  { schedule: "every 24 hours", timeoutSeconds: 1_800, ...single },
  async () => {
    const { deps, retentionDays } = await runtime();
    for (let round = 0; round < cleanUpRounds; round += 1) {
      const { jobs } = await clean(deps, { olderThanDays: retentionDays, dryRun: false });
      if (jobs.length === 0) return;
    }
  },
);
