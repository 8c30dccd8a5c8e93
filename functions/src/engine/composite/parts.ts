import { partId, storedPart } from "../../domain/job/composition.js";
import type { Job, StoredPart } from "../../domain/job/job.js";
import { providerCostUsdMicros } from "../../domain/job/view.js";
import type { UsdMicros } from "../../domain/money.js";
import { type CompositePlan, partNames } from "../../domain/selection/composite-plan.js";
import type { Deps } from "../deps.js";

/** A part as it stands: kept from an earlier try, begun, or not begun yet. */
export interface Part {
  readonly name: string;
  readonly stored: StoredPart | null;
  readonly job: Job | null;
}

export async function readParts(deps: Deps, whole: Job, plan: CompositePlan): Promise<Part[]> {
  return Promise.all(
    partNames(plan).map(async (name) => {
      const stored = storedPart(whole.composition, name) ?? null;
      const isOfEarlierTry = stored !== null && stored.jobId !== partId(whole.id, name);
      return { name, stored, job: isOfEarlierTry ? null : await deps.jobs.get(partId(whole.id, name)) };
    }),
  );
}

/** The parts of any job; none where none are planned. */
export async function partsOf(deps: Deps, job: Job): Promise<Part[]> {
  const plan = job.composition?.plan;
  return plan === undefined ? [] : readParts(deps, job, plan);
}

export function costOf(parts: readonly Part[]): UsdMicros {
  return parts.reduce((sum, { job }) => sum + (job === null ? 0 : providerCostUsdMicros(job)), 0);
}
