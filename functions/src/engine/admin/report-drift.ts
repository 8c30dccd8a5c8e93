import { type DriftReport, driftReport } from "../../domain/accounting/drift.js";
import type { Deps } from "../deps.js";

/** How far bills are from our price table, over the attempts that ended last. */
export async function reportDrift(deps: Deps, attempts: number): Promise<DriftReport> {
  return driftReport(await deps.jobs.listCosts(attempts), deps.catalogue);
}

/** The same, with one line in the log for each model whose price is no longer right. */
export async function watchDrift(deps: Deps, attempts: number): Promise<DriftReport> {
  const report = await reportDrift(deps, attempts);
  for (const { model, ratio, billed, listedUsd, billedUsd, deviates } of report.models) {
    if (deviates) deps.log.warn("price.drift", { model, ratio, billed, listedUsd, billedUsd });
  }
  return report;
}
