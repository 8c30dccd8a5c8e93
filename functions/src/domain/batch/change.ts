import type { BatchPlace, Job } from "../job/job.js";
import { type Batch, type BatchItem, type BatchItemStatus, findItem, withItems } from "./batch.js";

/**
 * The batch after what a job of it tells: that it runs as a retry, or how it ended. A repetition, and
 * whatever an older try still says, changes nothing: then `null`.
 */
export function itemChanged(batch: Batch, job: Job, now: number): Batch | null {
  const { batch: place } = job;
  if (place?.batchId !== batch.id) return null;
  const item = findItem(batch, place.key);
  if (item === null || !isNews(item, place, job)) return null;
  const changed: BatchItem = {
    jobId: job.id,
    tries: place.number,
    status: itemStatus(job),
    errorCode: job.error?.code ?? null,
  };
  return {
    ...batch,
    ...withItems({ ...batch.items, [place.key]: changed }, now),
    version: batch.version + 1,
  };
}

function isNews(item: BatchItem, { number }: BatchPlace, job: Job): boolean {
  if (number !== item.tries) return number > item.tries;
  // What has ended stays as it ended.
  return job.id === item.jobId && item.status === "running" && itemStatus(job) !== "running";
}

function itemStatus({ status }: Job): BatchItemStatus {
  return status === "completed" || status === "failed" || status === "cancelled" ? status : "running";
}
