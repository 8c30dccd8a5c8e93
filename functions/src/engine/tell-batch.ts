import { itemChanged } from "../domain/batch/batch.js";
import type { Job } from "../domain/job/job.js";
import type { Deps } from "./deps.js";

/**
 * Tells the batch of a job how the job stands: that it runs as a retry, or how it ended. Telling it
 * twice, or after a newer try, changes nothing, so that it may be told until it is known to be told.
 */
export async function tellBatch(deps: Deps, job: Job): Promise<void> {
  const { batch: place } = job;
  if (place === undefined) return;
  const batch = await deps.batches.update(place.batchId, (current) => itemChanged(current, job, deps.now()));
  if (batch === null) return;
  const { running, completed, failed, cancelled } = batch.counts;
  deps.log.info("batch.changed", {
    batchId: batch.id,
    key: place.key,
    jobId: job.id,
    item: batch.items[place.key]?.status,
    status: batch.status,
    running,
    completed,
    failed,
    cancelled,
  });
}
