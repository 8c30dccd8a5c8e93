import { z } from "zod";
import { retryVideo as retry } from "../engine/job/retry.js";
import { submitScene } from "../engine/job/submit.js";
import { callable } from "./callable.js";
import { toCreated } from "./created.js";
import { jobInput } from "./inputs.js";

export const createSceneVideo = callable(z.unknown(), async (deps, { caller, input }) =>
  toCreated(await submitScene(deps, caller, input), deps.now()),
);

/** Tries a failed scene or long video again; what is stored of it is kept. */
export const retryVideo = callable(jobInput, async (deps, { caller, input }) =>
  toCreated({ job: await retry(deps, caller.uid, input.jobId), selection: null }, deps.now()),
);
