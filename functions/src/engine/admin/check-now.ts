import type { Deps } from "../deps.js";
import { type CreditCheck, checkCredits } from "../upkeep/check-credits.js";
import { checkHealth, type HealthReport } from "../upkeep/check-health.js";
import { audit } from "./audit.js";
import { type CheckReport, type CheckSelection, checkJobs } from "./check-jobs.js";

// What an administrator has checked now. Schedules check the same without a line in the audit log.

export async function checkJobsNow(
  deps: Deps,
  actor: string,
  selection: CheckSelection,
): Promise<CheckReport> {
  const report = await checkJobs(deps, selection);
  const { checked, advanced, failed } = report;
  await audit(deps, actor, "jobs.checked", "videoJobs", { checked, advanced, failed });
  return report;
}

/** The account of every provider. */
export async function checkHealthNow(deps: Deps, actor: string): Promise<HealthReport[]> {
  const report = await checkHealth(deps);
  const statuses = report.map(({ provider, status }) => `${provider} ${status}`);
  await audit(deps, actor, "health.checked", "providers", { statuses });
  return report;
}

/** The credits of every user. */
export async function checkCreditsNow(deps: Deps, actor: string): Promise<CreditCheck> {
  const report = await checkCredits(deps);
  const { accounts, violations } = report;
  await audit(deps, actor, "credits.checked", "users", { accounts, violations: violations.length });
  return report;
}
