import { takingPlace } from "../../domain/batch/change.js";
import { RequestError } from "../../domain/errors.js";
import { sha256 } from "../../domain/hash.js";
import type { Job } from "../../domain/job/job.js";
import { keepingParts, newJob } from "../../domain/job/new-job.js";
import { apply } from "../apply.js";
import type { Deps } from "../deps.js";
import { createJob } from "./create-job.js";
import { findOwnJob } from "./find-job.js";

/**
 * Tries a failed job again that is made of parts: as a new job that takes over what is stored and pays
 * for the rest alone. Its id follows from the old one, so two clicks make one job; of a job that was
 * tried again before, the latest try is meant. Throws `RequestError`.
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
  const id = sha256(`retry:${job.id}`).slice(0, 24);
  const { policy } = await deps.health.snapshot();
  const first = newJob(id, job, job.request, policy, deps.now());
  const kept = keepingParts(first, job.composition, policy);
  const fresh: Job = { ...takingPlace(kept, job), redriveOf: job.id };
  const { job: again } = await createJob(deps, fresh, policy);
  await apply(deps, job.id, { type: "redriven", jobId: again.id });
  return again;
}

/** The job itself, or what it was started again as. */
export async function latestTry(deps: Deps, job: Job): Promise<Job> {
  const latestId = job.redrives?.at(-1);
  const latest = latestId === undefined ? null : await deps.jobs.get(latestId);
  return latest === null ? job : latestTry(deps, latest);
}

function notRetriable(why: string): RequestError {
  return new RequestError("invalid_argument", `jobId: ${why}`, { field: "jobId" });
}
