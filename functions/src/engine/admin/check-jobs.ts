import pMap from "p-map";
import { reasonOf } from "../../domain/errors.js";
import type { Job, JobStatus } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import { deliver } from "../outbox.js";
import { createRefreshGate, refreshJob } from "../poll/refresh-job.js";
import { audit } from "./audit.js";

export interface CheckSelection {
  /** Exactly these jobs, or … */
  readonly jobIds?: readonly string[] | undefined;
  /** … the oldest open jobs, in this status. */
  readonly status?: JobStatus | undefined;
  readonly limit: number;
}

export interface CheckReport {
  readonly checked: number;
  readonly advanced: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly jobs: readonly CheckedJob[];
}

export interface CheckedJob {
  readonly jobId: string;
  readonly before: JobStatus | null;
  readonly after: JobStatus | null;
  readonly outcome: "advanced" | "unchanged" | "failed";
  /** Why it could not be checked. */
  readonly reason?: string;
}

/** Providers are asked side by side, but never for more jobs at once than this. */
const parallel = 8;

/** Asks the providers about many jobs now. Whatever changed is applied like any poll. */
export async function checkJobs(deps: Deps, actor: string, selection: CheckSelection): Promise<CheckReport> {
  const found = await findJobs(deps, selection);
  const jobs = await pMap(found, (entry) => check(deps, entry), { concurrency: parallel });
  const count = (outcome: CheckedJob["outcome"]) => jobs.filter((job) => job.outcome === outcome).length;
  const [checked, advanced, failed] = [jobs.length, count("advanced"), count("failed")];
  await audit(deps, actor, "jobs.checked", "videoJobs", { checked, advanced, failed });
  return { checked, advanced, unchanged: count("unchanged"), failed, jobs };
}

async function findJobs(deps: Deps, selection: CheckSelection): Promise<{ id: string; job: Job | null }[]> {
  if (selection.jobIds !== undefined) {
    return Promise.all(selection.jobIds.map(async (id) => ({ id, job: await deps.jobs.get(id) })));
  }
  const { status, limit } = selection;
  const open = await deps.jobs.listOpen(status === undefined ? { limit } : { status, limit });
  return open.map((job) => ({ id: job.id, job }));
}

async function check(deps: Deps, { id, job }: { id: string; job: Job | null }): Promise<CheckedJob> {
  if (job === null) return { jobId: id, before: null, after: null, outcome: "failed", reason: "no such job" };
  try {
    const after = await refreshJob(deps, job, createRefreshGate());
    // A job whose tasks were lost gets them back; those that are there are not doubled.
    if (after.version === job.version) await deliver(deps, after);
    const outcome = after.version === job.version ? "unchanged" : "advanced";
    return { jobId: id, before: job.status, after: after.status, outcome };
  } catch (error) {
    return { jobId: id, before: job.status, after: job.status, outcome: "failed", reason: reasonOf(error) };
  }
}
