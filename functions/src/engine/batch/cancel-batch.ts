import type { Batch } from "../../domain/batch/batch.js";
import type { Cancellation } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import { cancelJob } from "../job/cancel-job.js";

/** Providers are asked side by side, but never about more jobs at once than this. */
const parallel = 8;

/** Cancels whatever is still running; what has ended stays. Returns the batch as it is then. */
export async function cancelBatch(deps: Deps, batch: Batch, by: Cancellation["by"]): Promise<Batch> {
  const running = Object.values(batch.items).filter(({ status }) => status === "running");
  for (let start = 0; start < running.length; start += parallel) {
    const group = running.slice(start, start + parallel);
    await Promise.all(group.map(({ jobId }) => cancelOne(deps, jobId, by)));
  }
  return (await deps.batches.get(batch.id)) ?? batch;
}

async function cancelOne(deps: Deps, jobId: string, by: Cancellation["by"]): Promise<void> {
  const job = await deps.jobs.get(jobId);
  if (job !== null) await cancelJob(deps, job, by);
}
