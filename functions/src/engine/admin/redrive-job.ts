import { takingPlace } from "../../domain/batch/change.js";
import { RequestError } from "../../domain/errors.js";
import { sha256 } from "../../domain/hash.js";
import { isTerminal, isUnresolved, type Job } from "../../domain/job/job.js";
import { keepingParts, newJob } from "../../domain/job/new-job.js";
import { apply } from "../apply.js";
import type { Deps } from "../deps.js";
import { createJob } from "../job/create-job.js";
import { audit } from "./audit.js";

/**
 * Starts a job again that failed through no fault of its owner: as a new job with the same request
 * and a hold of its own, so that what happened to the old one stays on record. Its id follows from
 * the old one, so two clicks make one job. Throws `RequestError`.
 */
export async function redriveJob(deps: Deps, actor: string, jobId: string): Promise<Job> {
  const job = await deps.jobs.get(jobId);
  if (job === null) throw new RequestError("not_found", "jobId: there is no such job");
  checkFailed(job);
  const redrives = job.redrives ?? [];
  await checkLatest(deps, redrives.at(-1));
  const id = sha256(`redrive:${job.id}:${redrives.length + 1}`).slice(0, 24);
  const { policy } = await deps.health.snapshot();
  const caller = { uid: job.uid, tier: job.tier };
  const first = newJob(id, caller, job.request, policy, deps.now());
  const kept = keepingParts(first, job.composition, policy);
  const fresh: Job = { ...takingPlace(kept, job), redriveOf: job.id };
  const { job: again } = await createJob(deps, fresh, policy);
  await apply(deps, job.id, { type: "redriven", jobId: again.id });
  await audit(deps, actor, "job.redriven", job.id, { jobId: again.id, credits: again.heldCredits });
  return again;
}

function checkFailed(job: Job): void {
  if (job.partOf !== undefined) throw notRedrivable(`it is a part of ${job.partOf.jobId}; start that again`);
  const fault = job.error?.fault;
  if (job.status !== "failed" || (fault !== "provider" && fault !== "system")) {
    const why = job.status === "failed" ? `it failed by ${job.error?.code}` : `it is ${job.status}`;
    throw notRedrivable(`${why}; only what failed at a provider or here can be started again`);
  }
  if (job.attempts.some(isUnresolved)) {
    throw notRedrivable("a start was never answered and may have been paid; resolve it first");
  }
}

async function checkLatest(deps: Deps, latestId: string | undefined): Promise<void> {
  const latest = latestId === undefined ? null : await deps.jobs.get(latestId);
  if (latest === null || (isTerminal(latest) && latest.status !== "completed")) return;
  throw notRedrivable(`it was started again as ${latest.id}, which is ${latest.status}`);
}

function notRedrivable(why: string): RequestError {
  return new RequestError("invalid_argument", `jobId: ${why}`, { field: "jobId" });
}
