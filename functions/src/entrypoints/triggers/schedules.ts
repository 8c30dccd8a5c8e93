import "../config/parameters.js";
import { onSchedule } from "firebase-functions/scheduler";
import { watchDrift } from "../../engine/admin/report-drift.js";
import { checkCredits } from "../../engine/upkeep/check-credits.js";
import { checkHealth as check } from "../../engine/upkeep/check-health.js";
import { cleanUp as clean } from "../../engine/upkeep/clean-up.js";
import { storeOverdue as storeFiles } from "../../engine/upkeep/store-overdue.js";
import { sweep as sweepJobs } from "../../engine/upkeep/sweep.js";
import { runtime } from "../config/runtime.js";

// One run at a time each: a second would only repeat what the first is doing.
const single = { maxInstances: 1, concurrency: 1 };
/** Ended attempts whose bills are compared with the price table. */
const driftAttempts = 1_000;

export const sweep = onSchedule(
  { schedule: "every 1 minutes", timeoutSeconds: 540, memory: "1GiB", ...single },
  async () => {
    const { deps } = await runtime();
    await sweepJobs(deps);
  },
);

/** With the memory and the time of the task function that it stands in for. */
export const storeOverdue = onSchedule(
  { schedule: "every 1 minutes", timeoutSeconds: 1_800, memory: "1GiB", ...single },
  async () => {
    const { deps } = await runtime();
    await storeFiles(deps);
  },
);

export const checkHealth = onSchedule({ schedule: "every 5 minutes", ...single }, async () => {
  const { deps } = await runtime();
  await check(deps);
});

/** Reads only, so a run that is cut short or repeated does no harm. */
export const checkMoney = onSchedule(
  { schedule: "every 24 hours", timeoutSeconds: 1_800, ...single },
  async () => {
    const { deps } = await runtime();
    await checkCredits(deps);
    await watchDrift(deps, driftAttempts);
  },
);

export const cleanUp = onSchedule(
  { schedule: "every 24 hours", timeoutSeconds: 1_800, ...single },
  async () => {
    const { deps, retentionDays } = await runtime();
    await clean(deps, { olderThanDays: retentionDays, dryRun: false });
  },
);
