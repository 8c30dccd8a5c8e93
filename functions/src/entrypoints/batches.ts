import { z } from "zod";
import type { BatchType } from "../domain/batch/batch.js";
import { cancelBatch, describeBatch, findOwnBatch } from "../engine/batch/batch.js";
import { retryItem } from "../engine/batch/retry-item.js";
import { submitClips, submitScenes } from "../engine/batch/submit-batch.js";
import { callable } from "./callable.js";
import { preconditionError } from "./http-errors.js";
import { batchInput, retryInput } from "./inputs.js";

export const createClips = callable(z.unknown(), async (deps, { caller, input }) =>
  describeBatch(deps, await submitClips(deps, caller, input)),
);
export const getClips = getBatch("clips");
export const retryClip = retryOne("clips");
export const cancelClips = cancelAll("clips");

export const createSceneBatch = callable(z.unknown(), async (deps, { caller, input }) =>
  describeBatch(deps, await submitScenes(deps, caller, input)),
);
export const getSceneBatch = getBatch("scenes");
export const retrySceneInBatch = retryOne("scenes");
export const cancelSceneBatch = cancelAll("scenes");

function getBatch(type: BatchType) {
  return callable(batchInput, async (deps, { caller, input }) =>
    describeBatch(deps, await findOwnBatch(deps, caller.uid, type, input.batchId)),
  );
}

/** Starts one item again that failed or was cancelled. The others stay as they are. */
function retryOne(type: BatchType) {
  return callable(retryInput, async (deps, { caller, input: { batchId, key } }) => {
    const batch = await findOwnBatch(deps, caller.uid, type, batchId);
    const job = await retryItem(deps, caller, batch, key);
    if (job === null) {
      throw preconditionError("NOT_FAILED", `"${key}" has not failed: there is nothing to retry.`, false);
    }
    const { id: jobId, status, heldCredits } = job;
    return { batchId, key, jobId, tries: job.batch?.number ?? 1, status, credits: { held: heldCredits } };
  });
}

/** Cancels every item that is still running. */
function cancelAll(type: BatchType) {
  return callable(batchInput, async (deps, { caller, input }) => {
    const batch = await findOwnBatch(deps, caller.uid, type, input.batchId);
    return describeBatch(deps, await cancelBatch(deps, batch, "owner"));
  });
}
