import { storedPart } from "../../domain/job/composite.js";
import { compositeAttempt, isTerminal, type Job } from "../../domain/job/job.js";
import { providerCostUsdMicros } from "../../domain/job/view.js";
import type { UsdMicros } from "../../domain/money.js";
import type { OperationStatus } from "../../domain/provider/provider.js";
import type { CompositePlan } from "../../domain/selection/composite-plan.js";
import type { Deps } from "../deps.js";
import { cancelJob } from "../job/cancel.js";
import { beginPart, type Part, readParts, recordParts } from "./parts.js";
import { sceneStep } from "./scene.js";
import { segmentStep } from "./segments.js";

/**
 * Brings a composite job as far as it can come now: writes down what its parts have become, and
 * begins those that may begin. All of it follows from documents, so whoever is interrupted is simply
 * repeated.
 */
export async function advance(deps: Deps, wholeId: string): Promise<OperationStatus> {
  const found = await deps.jobs.get(wholeId);
  const plan = compositeAttempt(found)?.composite;
  if (found === null || plan === undefined) return { status: "missing" };
  const parts = await readParts(deps, found, plan);
  const costUsdMicros = costOf(parts);
  if (isTerminal(found)) {
    await stopParts(deps, parts);
    return { status: "cancelled", costUsdMicros };
  }
  const whole = await recordParts(deps, found, plan, parts);
  if (parts.every(({ name }) => storedPart(whole.composition, name) !== undefined)) {
    // Never fetched: the files are ours already and are put together when the job is stored.
    return { status: "succeeded", outputUrl: `parts:${wholeId}`, costUsdMicros };
  }
  const lost = parts.find(({ job }) => job?.status === "failed" || job?.status === "cancelled");
  const isOpen = parts.some(({ job }) => job !== null && !isTerminal(job));
  // What others are still making is paid for, and a new try need not make it again.
  if (lost !== undefined && !isOpen) return failedStatus(lost, costUsdMicros);
  if (lost === undefined && !isTerminal(whole)) await beginParts(deps, whole, plan, parts);
  return { status: "pending" };
}

async function beginParts(
  deps: Deps,
  whole: Job,
  plan: CompositePlan,
  parts: readonly Part[],
): Promise<void> {
  for (const [index, { name, job }] of parts.entries()) {
    if (job !== null || storedPart(whole.composition, name) !== undefined) continue;
    const request =
      plan.type === "scene"
        ? await sceneStep(deps, whole, name, costOf(parts))
        : await segmentStep(deps, whole, plan, index + 1);
    if (request === null) return;
    await beginPart(deps, whole, name, request);
  }
}

/** Stops what is still open. Says whether every provider has confirmed it. */
export async function stopParts(deps: Deps, parts: readonly Part[]): Promise<boolean> {
  const stopped = await Promise.all(
    parts.map(async ({ job }) => {
      if (job === null || (isTerminal(job) && job.cancellation === null)) return true;
      const after = isTerminal(job) ? job : await cancelJob(deps, job, "owner");
      return after.cancellation === null || after.cancellation.outcome === "confirmed";
    }),
  );
  return stopped.every(Boolean);
}

function failedStatus({ name, job }: Part, costUsdMicros: UsdMicros): OperationStatus {
  const code = job?.error?.code ?? "processing_failed";
  return { status: "failed", failure: { code, detail: `part ${name}` }, costUsdMicros };
}

function costOf(parts: readonly Part[]): UsdMicros {
  return parts.reduce((sum, { job }) => sum + (job === null ? 0 : providerCostUsdMicros(job)), 0);
}
