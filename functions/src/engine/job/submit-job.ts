import type { Budget } from "../../domain/accounting/budget-room.js";
import { RequestError } from "../../domain/errors.js";
import { sha256 } from "../../domain/hash.js";
import type { Job } from "../../domain/job/job.js";
import { type Caller, deadlineMs, newJob } from "../../domain/job/new-job.js";
import type { Policy, ProfileName } from "../../domain/policy/policy.js";
import type { JobRequest } from "../../domain/request/job-request.js";
import { requestHash } from "../../domain/request/request.js";
import { requestOfModels, selectRequest } from "../../domain/selection/composite.js";
import type { Selection, Snapshot } from "../../domain/selection/selection.js";
import { budgetContext, budgetRefusal, missingBudget, readBudgets } from "../budgets.js";
import type { Deps } from "../deps.js";
import { checkRequest } from "./check-request.js";
import { createJob } from "./create-job.js";
import { noCandidateError } from "./no-candidate.js";

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
  if (existing !== null) return { job: sameRequest(existing, hash), selection: null };

  const snapshot = await deps.health.snapshot();
  const now = deps.now();
  const budgets = await readBudgets(deps, caller.uid, snapshot.policy);
  const selection = selectFor(deps, caller, request, snapshot, now, budgets);
  if (selection.winner === null) throw refusalOf(deps, request, selection, budgets);
  const fresh = newJob(id, caller, request, snapshot.policy, now);
  const { job, created } = await createJob(deps, fresh, snapshot.policy);
  return created ? { job, selection } : { job: sameRequest(job, hash), selection: null };
}

/** Why nobody takes a request now. */
export function refusalOf(
  deps: Deps,
  request: JobRequest,
  selection: Selection,
  budgets: readonly Budget[],
): RequestError {
  const missing =
    selection.record.decision.retryAt === null ? missingBudget(selection.record, budgets) : undefined;
  return missing === undefined
    ? noCandidateError(deps.catalogue, requestOfModels(request, selection), selection)
    : budgetRefusal(missing);
}

/** The selection that a new request would get now. Writes nothing and asks no provider. */
export function selectFor(
  deps: Deps,
  caller: Caller,
  request: JobRequest,
  snapshot: Snapshot,
  now: number,
  budgets: readonly Budget[] = [],
): Selection {
  return selectRequest(deps, request, snapshot, {
    now,
    profile: profileOf(caller.tier, snapshot.policy),
    deadlineAt: now + deadlineMs(request, snapshot.policy),
    failed: [],
    ...budgetContext(budgets),
  });
}

export function profileOf(tier: string, policy: Policy): ProfileName {
  return policy.tierProfiles[tier] ?? "balanced";
}

/** Derived from owner and requestId, so that a repetition finds the first; never sequential. */
function jobIdOf(uid: string, requestId: string): string {
  return sha256(`job:${uid}:${requestId}`).slice(0, 24);
}

function sameRequest(job: Job, hash: string): Job {
  if (job.requestHash === hash) return job;
  throw new RequestError("already_exists", "requestId: it was used for a different request; choose another", {
    jobId: job.id,
    requestHash: hash,
    existingRequestHash: job.requestHash,
  });
}
