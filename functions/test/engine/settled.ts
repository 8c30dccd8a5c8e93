import { expect } from "@jest/globals";
import { isBalanced } from "../../src/domain/accounting/credits.js";
import { isTerminal, type Job } from "../../src/domain/job/job.js";
import { caller, canaryKey, type World } from "./world.js";

/** What must be true of every world once its jobs are over, whatever happened in it. */
export async function expectSettled(
  world: World,
  jobs: readonly Job[] = [...world.database.jobs.values()],
): Promise<void> {
  const account = await world.deps.credits.account(caller.uid);
  expect(isBalanced(account)).toBe(true);
  expect(account.held).toBe(0);
  expect(account.spent).toBe(jobs.reduce((sum, job) => sum + job.chargedCredits, 0));
  const ledger = await world.deps.credits.ledger(caller.uid, 10_000);
  for (const job of jobs) {
    expect(isTerminal(job)).toBe(true);
    expect(job.outbox).toEqual([]);
    const byStep = (job.composition?.parts ?? []).reduce((total, part) => total + part.chargedCredits, 0);
    // Parts are free, a whole pays for those that it keeps, and everything else only when it is done.
    if (job.partOf !== undefined) expect(job.chargedCredits).toBe(0);
    else if (job.status === "completed") expect(job.chargedCredits).toBeGreaterThan(byStep);
    if (job.status !== "completed") {
      expect(job.chargedCredits).toBe(byStep + (job.cancellation?.chargedCredits ?? 0));
    }
    const lines = ledger.filter((line) => line.jobId === job.id);
    const sum = (types: readonly string[]) =>
      lines.filter((line) => types.includes(line.type)).reduce((total, line) => total + line.credits, 0);
    expect(sum(["capture", "release"])).toBe(sum(["hold"]));
    const file = job.output === null ? null : await world.deps.media.stat(job.output.path);
    // Pictures are open to anybody, so that of a cancelled scene is deleted.
    const whole = jobs.find(({ id }) => id === job.partOf?.jobId);
    const isDeleted = job.request.kind === "still" && whole?.status === "cancelled";
    expect(file === null).toBe(job.status !== "completed" || isDeleted);
    if (file !== null) expect(file.sha256).toBe(job.output?.sha256);
    const isTold = world.notifier.ended.some((ended) => ended.id === job.id);
    expect(isTold).toBe(job.partOf === undefined);
  }
  expect(JSON.stringify([jobs, ledger, world.log.lines])).not.toContain(canaryKey);
}
