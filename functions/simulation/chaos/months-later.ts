import { isUnresolved, type Job } from "../../src/domain/job/job.js";
import { cleanUp } from "../../src/engine/upkeep/clean-up.js";
import { sweep } from "../../src/engine/upkeep/sweep.js";
import { checkAccounts } from "./checks/account-checks.js";
import type { WebhookSender } from "./webhook-sender.js";
import type { ChaosWorld } from "./world/world.js";

const olderThanDays = 90;
const laterMs = (olderThanDays + 1) * 86_400_000;
const limits = { timeoutMs: 1_800_000, mortality: 0.1, laterMs };
/** Rounds of clean-up with faults, and then as many without. */
const rounds = 6;

/** Goes on months after a history has ended: old webhooks arrive again, and old jobs are deleted. */
export async function runMonthsLater(world: ChaosWorld, webhookSender: WebhookSender): Promise<void> {
  const { time, processes, vendors } = world;
  const paid = vendors.bills().length;
  let isOver = false;

  async function live(): Promise<void> {
    await webhookSender.replay(laterMs);
    for (let round = 1; round <= 2 * rounds; round += 1) {
      if (round > rounds) world.stopFaults();
      // Unanswered generations are past their deadline by now.
      await processes.run("sweep", limits, sweep);
      await processes.run("clean-up", limits, (deps) => cleanUp(deps, { olderThanDays, dryRun: false }));
    }
    isOver = true;
  }

  void live();
  await time.run(Number.POSITIVE_INFINITY, () => isOver);
  if (vendors.bills().length > paid) {
    world.report({ kind: "duplicatePaidStart", jobId: "", detail: "something was paid months later" });
  }
  checkAccounts(world, world.report);
  checkRemains(world);
}

/** Every job that is kept is kept for a reason, and no file has outlived its job. */
function checkRemains({ database, files, report }: ChaosWorld): void {
  for (const job of database.jobs.values()) {
    if (!isNeeded(job, [...database.jobs.values()])) {
      report({ kind: "lost", jobId: job.id, detail: "it was never cleaned up" });
    }
  }
  for (const path of files.paths()) {
    const jobId = /([0-9a-f]{24})[^/]*$/.exec(path)?.[1] ?? "";
    // A thumbnail may have been written without our knowing.
    if (!database.jobs.has(jobId) && !path.endsWith(".jpg"))
      report({ kind: "lost", jobId, detail: `${path} was left behind` });
  }
}

/** An unanswered start is kept for whoever resolves it, together with the jobs around it. */
function isNeeded({ id, attempts, partOf, redrives = [] }: Job, jobs: readonly Job[]): boolean {
  if (attempts.some(isUnresolved)) return true;
  return jobs.some(
    (other) => other.id === partOf?.jobId || other.partOf?.jobId === id || redrives.includes(other.id),
  );
}
