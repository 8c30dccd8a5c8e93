import type { Deps } from "../deps.js";
import { type CreditCheck, checkCredits } from "../upkeep/check-credits.js";
import { checkHealth, type HealthReport } from "../upkeep/check-health.js";
import { audit } from "./audit.js";

/** The daily check of every account, now. */
export async function checkCreditsNow(deps: Deps, actor: string): Promise<CreditCheck> {
  const report = await checkCredits(deps);
  const { accounts, violations } = report;
  await audit(deps, actor, "credits.checked", "users", { accounts, violations: violations.length });
  return report;
}

/** Reads every provider's account now instead of with the next schedule. */
export async function checkHealthNow(deps: Deps, actor: string): Promise<HealthReport[]> {
  const report = await checkHealth(deps);
  const statuses = report.map(({ provider, status }) => `${provider} ${status}`);
  await audit(deps, actor, "health.checked", "providers", { statuses });
  return report;
}
