import type { Batch } from "../domain/batch.js";
import { parseClips } from "../domain/clips.js";
import type { Caller } from "../domain/new-job.js";
import { parseSceneBatch } from "../domain/scene-batch.js";
import { checkProviderNames } from "../domain/selection.js";
import { checkRequest } from "./check-request.js";
import { createBatch } from "./create-batch.js";
import type { Deps } from "./ports.js";

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
