import { type Budget, BudgetExceeded } from "../../domain/accounting/budget.js";
import { checkPriceKey, priceOf } from "../../domain/accounting/price.js";
import { RequestError } from "../../domain/errors.js";
import { hashId, hashIdOf } from "../../domain/hash.js";
import { isPaused } from "../../domain/health/health.js";
import { firstLines } from "../../domain/job/budget-lines.js";
import type { Job } from "../../domain/job/job.js";
import { type Caller, deadlineMs, holdEntry, newJob } from "../../domain/job/new-job.js";
import { outputProblem, withoutVainCeiling } from "../../domain/output/conversion.js";
import { type Policy, profileOf } from "../../domain/policy/policy.js";
import { parseRequest, requestHash, type VideoRequest } from "../../domain/request/request.js";
import { type JobRequest, parseScene, type SceneRequest } from "../../domain/request/scene.js";
import { requestOfModels, selectRequest, typicalOf, workOf } from "../../domain/selection/composite.js";
import { noCandidate } from "../../domain/selection/no-candidate.js";
import {
  checkProviderNames,
  type Selection,
  type SelectionContext,
  type Snapshot,
} from "../../domain/selection/selection.js";
import { announce, budgetContext, budgetRefusal, missingBudget, readBudgets } from "../budgets.js";
import type { Deps } from "../deps.js";
import { deliver } from "../outbox.js";
import type { Created } from "../ports/job-store.js";
import { checkFreeCancellations } from "./free-cancellations.js";

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

/** Accepts a scene, like any other request. Throws `RequestError`. */
export function submitScene(deps: Deps, caller: Caller, input: unknown): Promise<Submitted> {
  return submitRequest(deps, caller, checkScene(deps, input));
}

/** The same for a request that has been checked. */
async function submitRequest(deps: Deps, caller: Caller, request: JobRequest): Promise<Submitted> {
  const hash = requestHash(request);
  const id = jobIdOf(caller.uid, request.requestId ?? deps.newId());
  const existing = await findSubmitted(deps, caller, request.requestId);
  if (existing !== null) return { job: sameRequest(existing, caller, hash, "jobId"), selection: null };

  const snapshot = await deps.snapshot();
  const now = deps.now();
  const budgets = await readBudgets(deps, caller.uid, snapshot.policy);
  const selection = selectFor(deps, caller, request, snapshot, now, budgets);
  if (selection.winner === null) throw refusalOf(deps, request, selection, snapshot, budgets);
  const price = priceOf(request, workOf(selection.winner), snapshot.policy);
  const typical = typicalOf(selection.winner);
  const fresh = newJob(id, caller, { request, price, typical }, snapshot.policy, now);
  const { job, created } = await createJob(deps, fresh, snapshot.policy);
  return created ? { job, selection } : { job: sameRequest(job, caller, hash, "jobId"), selection: null };
}

/** Derived from owner and requestId, so that a repetition finds the first; never sequential. */
function jobIdOf(uid: string, requestId: string): string {
  return hashIdOf("job", uid, requestId);
}

/** The job that a requestId was used for before, if any. */
async function findSubmitted(
  deps: Deps,
  { uid }: Caller,
  requestId: string | undefined,
): Promise<Job | null> {
  if (requestId === undefined) return null;
  const found = await deps.jobs.get(jobIdOf(uid, requestId));
  if (found !== null) return found;
  // Until 2026-11-30 the texts were joined, and another user's could give the same id.
  const earlier = await deps.jobs.get(hashId(`job:${uid}:${requestId}`));
  return earlier?.uid === uid ? earlier : null;
}

/** Reads a request as far as that is possible without asking anybody. Throws `RequestError`. */
export function checkRequest(
  { catalogue, converter }: Pick<Deps, "catalogue" | "converter">,
  input: unknown,
): VideoRequest {
  const request = withoutVainCeiling(parseRequest(input), converter);
  checkProviderNames(catalogue, request);
  const problem = outputProblem(request, converter);
  if (problem !== null) {
    const [field] = problem.split(":");
    throw new RequestError("invalid_argument", problem, { field });
  }
  return request;
}

/** Reads a scene as far as that is possible without asking anybody. Throws `RequestError`. */
function checkScene({ catalogue }: Pick<Deps, "catalogue">, input: unknown): SceneRequest {
  const scene = parseScene(input);
  checkProviderNames(catalogue, scene);
  return scene;
}

/**
 * The job or batch that is there already under the id of a request. Throws `RequestError` when it was
 * made of a different request; `idName` is what its id is called in the details.
 */
export function sameRequest<Stored extends Pick<Job, "id" | "uid" | "requestHash">>(
  existing: Stored,
  { uid }: Caller,
  requestHash: string,
  idName: "jobId" | "batchId",
): Stored {
  if (existing.uid !== uid) throw new RequestError("already_exists", "requestId: choose another");
  if (existing.requestHash === requestHash) return existing;
  throw new RequestError("already_exists", "requestId: it was used for a different request; choose another", {
    [idName]: existing.id,
    requestHash,
    existingRequestHash: existing.requestHash,
  });
}

/** The selection that a new request would get now. Writes nothing and asks no provider. */
export function selectFor(
  deps: Deps,
  caller: Caller,
  request: JobRequest,
  snapshot: Snapshot,
  now: number,
  budgets: readonly Budget[] = [],
  kept?: SelectionContext["kept"],
): Selection {
  checkPriceKey(request, snapshot.policy);
  return selectRequest(deps, request, snapshot, {
    now,
    profile: profileOf(caller.tier, snapshot.policy),
    deadlineAt: now + deadlineMs(request, snapshot.policy),
    failed: [],
    ...budgetContext(budgets),
    ...(kept === undefined ? {} : { kept }),
  });
}

/** Why nobody takes a request now. */
export function refusalOf(
  deps: Deps,
  request: JobRequest,
  selection: Selection,
  snapshot: Snapshot,
  budgets: readonly Budget[],
): RequestError {
  const { record } = selection;
  const missing = record.decision.retryAt === null ? missingBudget(record, budgets) : undefined;
  if (missing !== undefined) return budgetRefusal(missing);
  const ofModels = requestOfModels(request, selection);
  return noCandidate(deps.catalogue, request, ofModels, record, isPaused(snapshot.health));
}

/** Writes a job with its hold and sends it on its way, unless its id is taken. Throws `RequestError`. */
export async function createJob(deps: Deps, fresh: Job, policy: Policy): Promise<Created> {
  const { startsPerUserPerMinute } = policy.limits;
  await checkFreeCancellations(deps, fresh.uid, policy);
  try {
    const result = await deps.jobs.create(
      fresh,
      holdEntry(fresh),
      startsPerUserPerMinute,
      firstLines(fresh, policy),
    );
    if (!result.created) return result;
    const { id, uid, request, heldCredits } = result.job;
    deps.log.info("job.submitted", { jobId: id, uid, kind: request.kind, credits: heldCredits });
    announce(deps, result.nearing);
    await deliver(deps, result.job);
    return result;
  } catch (error) {
    throw error instanceof BudgetExceeded ? budgetRefusal(error) : error;
  }
}
