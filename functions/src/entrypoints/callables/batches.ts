import { z } from "zod";
import { type BatchType, batchTypes } from "../../domain/batch/batch.js";
import { toBatchSummary } from "../../domain/batch/view.js";
import { batchSizeLimits } from "../../domain/request/input-size.js";
import { cancelBatch, describeBatch, findOwnBatch } from "../../engine/batch/batch.js";
import { retryItem } from "../../engine/batch/retry-item.js";
import { submitClips, submitScenes } from "../../engine/batch/submit-batch.js";
import { callable, parsedByEngine } from "./callable.js";
import { preconditionError } from "./http-errors.js";

const batchId = z.string();

export const createClips = callable({
  input: parsedByEngine,
  spends: true,
  run: async (deps, caller, input) => describeBatch(deps, await submitClips(deps, caller, input)),
  sizeLimits: batchSizeLimits,
});
export const getClips = getBatch("clips");
export const retryClip = retryOne("clips");
export const cancelClips = cancelAll("clips");

export const createSceneBatch = callable({
  input: parsedByEngine,
  spends: true,
  run: async (deps, caller, input) => describeBatch(deps, await submitScenes(deps, caller, input)),
  sizeLimits: batchSizeLimits,
});
export const getSceneBatch = getBatch("scenes");
export const retrySceneInBatch = retryOne("scenes");
export const cancelSceneBatch = cancelAll("scenes");

/** What each batch knows of itself, newest first; its jobs are not looked at. */
export const listBatches = callable({
  input: z.strictObject({
    type: z.enum(batchTypes).optional(),
    limit: z.number().int().min(1).max(100).default(20),
    pageToken: z.string().min(1).max(500).optional(),
  }),
  limit: () => "list",
  run: async (deps, { uid }, { limit, type, pageToken }) => {
    const page = await deps.batches.listByOwner(uid, {
      limit,
      ...(type === undefined ? {} : { type }),
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    return { batches: page.items.map(toBatchSummary), nextPageToken: page.nextPageToken };
  },
});

function getBatch(type: BatchType) {
  return callable({
    input: z.strictObject({ batchId }),
    run: async (deps, { uid }, { batchId }) =>
      describeBatch(deps, await findOwnBatch(deps, uid, type, batchId)),
  });
}

/** Starts one item again that failed or was cancelled. The others stay as they are. */
function retryOne(type: BatchType) {
  return callable({
    input: z.strictObject({ batchId, key: z.string().max(40) }),
    spends: true,
    run: async (deps, caller, { batchId, key }) => {
      const batch = await findOwnBatch(deps, caller.uid, type, batchId);
      const job = await retryItem(deps, caller, batch, key);
      if (job === null) {
        throw preconditionError("NOT_FAILED", `"${key}" has not failed: there is nothing to retry.`, false);
      }
      const { id: jobId, status, heldCredits } = job;
      return { batchId, key, jobId, tries: job.batch?.number ?? 1, status, credits: { held: heldCredits } };
    },
  });
}

/** Cancels every item that is still running. */
function cancelAll(type: BatchType) {
  return callable({
    input: z.strictObject({ batchId }),
    run: async (deps, { uid }, { batchId }) => {
      const batch = await findOwnBatch(deps, uid, type, batchId);
      return describeBatch(deps, await cancelBatch(deps, batch, "owner"));
    },
  });
}
