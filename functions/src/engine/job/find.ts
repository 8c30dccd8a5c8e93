import { RequestError } from "../../domain/errors.js";
import { idPattern } from "../../domain/hash.js";
import type { Job } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";

/**
 * The caller's own job. A malformed, absent or foreign id gives the same answer, and so does that of a
 * part: whoever had its file, or could stop it, would have what only the whole pays for.
 */
export async function findOwnJob(deps: Deps, uid: string, jobId: unknown): Promise<Job> {
  const job = typeof jobId === "string" && idPattern.test(jobId) ? await deps.jobs.get(jobId) : null;
  if (job === null || job.uid !== uid || job.partOf !== undefined) {
    throw new RequestError("not_found", "jobId: you have no video with this id");
  }
  return job;
}
