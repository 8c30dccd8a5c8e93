import pMap from "p-map";
import { type Batch, type BatchType, itemChanged } from "../../domain/batch/batch.js";
import { type BatchView, toBatchView } from "../../domain/batch/view.js";
import { RequestError } from "../../domain/errors.js";
import { idPattern } from "../../domain/hash.js";
import type { Cancellation } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import { cancelJob } from "../job/cancel.js";

/** The caller's own batch. A malformed, absent or foreign id, or one of another type, gives the same answer. */
export async function findOwnBatch(
  deps: Deps,
  uid: string,
  type: BatchType,
  batchId: unknown,
): Promise<Batch> {
  const isId = typeof batchId === "string" && idPattern.test(batchId);
  const batch = isId ? await deps.batches.get(batchId) : null;
  if (batch === null || batch.uid !== uid || batch.type !== type) {
    throw new RequestError("not_found", `batchId: you have no ${type} with this id`);
  }
  return batch;
}

/** The batch with all that its jobs say at this moment, also where the batch has not been told yet. */
export async function describeBatch(deps: Deps, batch: Batch): Promise<BatchView> {
  const read = await Promise.all(Object.values(batch.items).map(({ jobId }) => deps.jobs.get(jobId)));
  const jobs = read.filter((job) => job !== null).filter(({ uid }) => uid === batch.uid);
  const current = jobs.reduce((told, job) => itemChanged(told, job, job.updatedAt) ?? told, batch);
  return toBatchView(current, jobs, deps.now());
}

/** Providers are asked side by side, but never about more jobs at once than this. */
const parallel = 8;

/** Cancels whatever is still running; what has ended stays. Returns the batch as it is then. */
export async function cancelBatch(deps: Deps, batch: Batch, by: Cancellation["by"]): Promise<Batch> {
  const running = Object.values(batch.items).filter(({ status }) => status === "running");
  await pMap(running, ({ jobId }) => cancelOne(deps, batch, jobId, by), { concurrency: parallel });
  return (await deps.batches.get(batch.id)) ?? batch;
}

async function cancelOne(deps: Deps, { uid }: Batch, jobId: string, by: Cancellation["by"]): Promise<void> {
  const job = await deps.jobs.get(jobId);
  if (job?.uid === uid) await cancelJob(deps, job, by);
}
