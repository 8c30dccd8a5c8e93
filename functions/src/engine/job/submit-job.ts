import { hashId } from "../../domain/hash.js";
import type { Job } from "../../domain/job/job.js";
import { type Caller, newJob } from "../../domain/job/new-job.js";
import { requestHash } from "../../domain/request/request.js";
import type { JobRequest } from "../../domain/request/scene.js";
import type { Selection } from "../../domain/selection/selection.js";
import { readBudgets } from "../budgets.js";
import type { Deps } from "../deps.js";
import { checkRequest } from "./check-request.js";
import { createJob } from "./create-job.js";
import { sameRequest } from "./same-request.js";
import { refusalOf, selectFor } from "./select-for.js";

export interface Submitted {
  readonly job: Job;
  /** What the first choice would be and cost; `null` when the job was there already. */
  readonly selection: Selection | null;
}

/**
 * Accepts a request: checks it, holds its credits and writes the job, in that order and before any
 * provider is asked. The same `requestId` returns the same job. Throws `RequestError`.
 */
export async function submitJob(deps: Deps, caller: Caller, input: unknown): Promise<Submitted> {
  return submitRequest(deps, caller, checkRequest(deps, input));
}

/** The same for a request that has been checked. */
export async function submitRequest(deps: Deps, caller: Caller, request: JobRequest): Promise<Submitted> {
  const hash = requestHash(request);
  const id = jobIdOf(caller.uid, request.requestId ?? deps.newId());
  const existing = request.requestId === undefined ? null : await deps.jobs.get(id);
  if (existing !== null) return { job: sameRequest(existing, hash, "jobId"), selection: null };

  const snapshot = await deps.health.snapshot();
  const now = deps.now();
  const budgets = await readBudgets(deps, caller.uid, snapshot.policy);
  const selection = selectFor(deps, caller, request, snapshot, now, budgets);
  if (selection.winner === null) throw refusalOf(deps, request, selection, budgets);
  const fresh = newJob(id, caller, request, snapshot.policy, now);
  const { job, created } = await createJob(deps, fresh, snapshot.policy);
  return created ? { job, selection } : { job: sameRequest(job, hash, "jobId"), selection: null };
}

/** Derived from owner and requestId, so that a repetition finds the first; never sequential. */
function jobIdOf(uid: string, requestId: string): string {
  return hashId(`job:${uid}:${requestId}`);
}
