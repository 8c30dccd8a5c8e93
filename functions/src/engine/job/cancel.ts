import type { Cancellation, Job } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import { apply } from "../outbox.js";
import { mayCancelForNothing } from "./free-cancellations.js";

/**
 * Cancels a job. What no provider keeps is released, the rest is charged as soon as it is known; what
 * the provider says about stopping the work is told as it is. A job that has already ended is returned unchanged.
 */
export async function cancelJob(deps: Deps, job: Job, by: Cancellation["by"]): Promise<Job> {
  const { policy } = await deps.snapshot();
  const isGiven = by === "admin" || (await mayCancelForNothing(deps, job.uid, policy));
  await apply(deps, job.id, { type: "cancel_requested", by, ...(isGiven ? {} : { charged: true }) });
  return (await deps.jobs.get(job.id)) ?? job;
}
