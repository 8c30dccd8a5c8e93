import type { Batch } from "../../domain/batch/batch.js";
import { parseClips, parseSceneBatch } from "../../domain/batch/batch-request.js";
import type { Caller } from "../../domain/job/new-job.js";
import { checkProviderNames } from "../../domain/selection/selection.js";
import type { Deps } from "../deps.js";
import { checkRequest } from "../job/check-request.js";
import { createBatch } from "./create-batch.js";

/**
 * Starts one clip for every pair of frames, side by side. All pairs are checked before anything is
 * written or charged. Throws `RequestError`, which names the pair.
 */
export async function submitClips(deps: Deps, caller: Caller, input: unknown): Promise<Batch> {
  const order = parseClips(input);
  for (const request of order.requests.values()) checkRequest(deps, request);
  return createBatch(deps, caller, order);
}

/** The same for scenes, each of which becomes a picture and then a video. */
export async function submitScenes(deps: Deps, caller: Caller, input: unknown): Promise<Batch> {
  const order = parseSceneBatch(input);
  for (const request of order.requests.values()) checkProviderNames(deps.catalogue, request);
  return createBatch(deps, caller, order);
}
