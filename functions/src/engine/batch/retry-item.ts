import { type Batch, findItem } from "../../domain/batch/batch.js";
import { RequestError } from "../../domain/errors.js";
import type { Job } from "../../domain/job/job.js";
import type { Caller } from "../../domain/job/new-job.js";
import { didYouMean } from "../../domain/nearest.js";
import type { Deps } from "../deps.js";
import { latestTry, retryAsOwner } from "../job/retry.js";
import { priceItems } from "./submit-batch.js";

/**
 * Retries an item that failed or was cancelled: the same request, a new job and a new hold, and
 * what is stored of it is kept. Two clicks make one job. Returns `null` for an item that has not ended
 * in vain. Throws `RequestError`.
 */
export async function retryItem(deps: Deps, caller: Caller, batch: Batch, key: string): Promise<Job | null> {
  const item = findItem(batch, key);
  if (item === null) {
    const keys = Object.keys(batch.items);
    const said = `there is no "${key}" here${didYouMean(key, keys)}; known are ${keys.join(", ")}`;
    throw new RequestError("invalid_argument", `key: ${said}`, {
      field: "key",
    });
  }
  // Jobs know before their batch is told.
  const known = await deps.jobs.get(item.jobId);
  const previous = known?.uid === batch.uid ? await latestTry(deps, known) : null;
  const { status } = previous ?? item;
  if (status !== "failed" && status !== "cancelled") return null;
  if (previous === null) {
    throw new RequestError("not_found", `key: the video of "${key}" has been deleted; start it anew`);
  }
  await priceItems(deps, caller, { type: batch.type, requests: new Map([[key, previous.request]]) });
  return retryAsOwner(deps, previous, caller, "key");
}
