import { RequestError } from "../../domain/errors.js";
import type { Job } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import { createRetry, latestTry, unresolvedStarts } from "../job/retry.js";
import { audit } from "./audit.js";

/**
 * Retries a job that failed through no fault of its owner: as a new job with the same request
 * and a hold of its own, so that what happened to the old one stays on record. Of a job that was
 * retried before, the latest try is meant. Two clicks make one job. Throws `RequestError`.
 */
export async function retryJob(deps: Deps, actor: string, jobId: string): Promise<Job> {
  const named = await deps.jobs.get(jobId);
  if (named === null) throw new RequestError("not_found", "jobId: there is no such job");
  const job = await latestTry(deps, named);
  checkFailed(job, named);
  await checkResolved(deps, job);
  const again = await createRetry(deps, job, job);
  await audit(deps, actor, "job.redriven", job.id, { jobId: again.id, credits: again.heldCredits });
  return again;
}

function checkFailed(job: Job, named: Job): void {
  if (job.partOf !== undefined) throw notRetriable(`it is a part of ${job.partOf.jobId}; start that again`);
  const which = job.id === named.id ? "it" : `it was started again as ${job.id}, which`;
  const fault = job.error?.fault;
  if (job.status !== "failed" || (fault !== "provider" && fault !== "system")) {
    const why = job.status === "failed" ? `failed by ${job.error?.code}` : `is ${job.status}`;
    throw notRetriable(`${which} ${why}; only what failed at a provider or here can be started again`);
  }
}

async function checkResolved(deps: Deps, job: Job): Promise<void> {
  const unresolved = await unresolvedStarts(deps, job);
  if (unresolved.length === 0) return;
  throw notRetriable(
    `a start was never answered and may have been paid; resolve it first: ${unresolved.join(", ")}`,
  );
}

function notRetriable(why: string): RequestError {
  return new RequestError("invalid_argument", `jobId: ${why}`, { field: "jobId" });
}
