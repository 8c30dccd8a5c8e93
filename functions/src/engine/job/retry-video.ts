import { RequestError } from "../../domain/errors.js";
import type { Job } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import { findOwnJob } from "./find-job.js";
import { latestTry, startAgainAsOwner } from "./start-again.js";

/**
 * Tries a failed job again that is made of parts: as a new job that takes over what is stored and pays
 * for the rest alone. Two clicks make one job; of a job that was tried again before, the latest try is
 * meant. Throws `RequestError`.
 */
export async function retryVideo(deps: Deps, uid: string, jobId: string): Promise<Job> {
  const job = await latestTry(deps, await findOwnJob(deps, uid, jobId));
  if (job.status !== "failed") {
    if (job.redriveOf !== undefined) return job;
    throw notRetriable(`it is ${job.status}; only a failed one is tried again`);
  }
  if (job.composition === undefined || job.partOf !== undefined) {
    throw notRetriable("it is not made of parts; start it anew instead");
  }
  return startAgainAsOwner(deps, job, job, "jobId");
}

function notRetriable(why: string): RequestError {
  return new RequestError("invalid_argument", `jobId: ${why}`, { field: "jobId" });
}
