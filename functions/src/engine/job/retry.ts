import { type JobPrice, priceOf, videoPriceOf } from "../../domain/accounting/price.js";
import { RequestError } from "../../domain/errors.js";
import { storedPart } from "../../domain/job/composition.js";
import { isUnresolved, type Job } from "../../domain/job/job.js";
import { type Caller, keptComposition, nextTry } from "../../domain/job/new-job.js";
import { workOf } from "../../domain/selection/composite.js";
import type { Snapshot } from "../../domain/selection/selection.js";
import { readBudgets } from "../budgets.js";
import { partsOf } from "../composite/parts.js";
import type { Deps } from "../deps.js";
import { apply } from "../outbox.js";
import { findOwnJob } from "./find.js";
import { createJob, refusalOf, selectFor } from "./submit.js";

// A retry is a new job in the place of one that ended in vain. In the callable `adminRedrive`, the stored
// fields `redriveOf` and `redrives` and the event `redriven` it is called by its older name.

/**
 * Retries a job that failed or was cancelled, as a new job: what is stored of one that is made of parts
 * is kept. Two clicks make one job; of a job that was retried before, the latest try is meant. Throws
 * `RequestError`.
 */
export async function retryVideo(deps: Deps, uid: string, jobId: string): Promise<Job> {
  const job = await latestTry(deps, await findOwnJob(deps, uid, jobId));
  if (job.status !== "failed" && job.status !== "cancelled") {
    if (job.redriveOf !== undefined) return job;
    throw notRetriable(`it is ${job.status}; only one that failed or was cancelled is tried again`);
  }
  await checkCandidate(deps, job);
  return retryAsOwner(deps, job, job, "jobId");
}

/** Refuses, before anything is held, what nobody can make now. */
async function checkCandidate(deps: Deps, job: Job): Promise<void> {
  const snapshot = await deps.snapshot();
  const budgets = await readBudgets(deps, job.uid, snapshot.policy);
  const kept = keptComposition(job);
  const selection = selectFor(deps, job, job.request, snapshot, deps.now(), budgets, kept);
  if (selection.winner === null) throw refusalOf(deps, job.request, selection, snapshot, budgets);
}

function notRetriable(why: string): RequestError {
  return new RequestError("invalid_argument", `jobId: ${why}`, { field: "jobId" });
}

/**
 * A retry by the owner, who cannot find out what became of a start that was never answered: refused
 * until somebody has, or a possible double payment that the policy allows, and then it is on record.
 * `field` is what the owner named the job by.
 */
export async function retryAsOwner(deps: Deps, previous: Job, caller: Caller, field: string): Promise<Job> {
  const unresolved = await unresolvedStarts(deps, previous);
  const { policy } = await deps.snapshot();
  if (unresolved.length > 0 && policy.ambiguous.action === "wait") {
    throw new RequestError(
      "ambiguous_start",
      `${field}: its last start was never answered and is still being clarified; nothing was sent again. Try again later.`,
      { field },
    );
  }
  const again = await createRetry(deps, previous, caller);
  if (unresolved.length > 0) {
    const details = { jobId: previous.id, again: again.id, unresolved: unresolved.join(", ") };
    deps.log.warn("job.started_again_unresolved", details);
  }
  return again;
}

/**
 * Makes the new job, and notes it with the old one. Everybody who retries comes here, so that together
 * they make one job with one hold. Throws `RequestError`.
 */
export async function createRetry(deps: Deps, previous: Job, caller: Caller): Promise<Job> {
  const snapshot = await deps.snapshot();
  const { policy } = snapshot;
  const price = await retryPrice(deps, previous, caller, snapshot);
  const { job } = await createJob(deps, nextTry(previous, caller, price, policy, deps.now()), policy);
  await apply(deps, previous.id, { type: "redriven", jobId: job.id });
  return job;
}

/** What is left to be made, priced like a new request; at the old price while nobody can take it. */
async function retryPrice(deps: Deps, previous: Job, caller: Caller, snapshot: Snapshot): Promise<JobPrice> {
  const { request } = previous;
  const composition = keptComposition(previous);
  const budgets = await readBudgets(deps, caller.uid, snapshot.policy);
  const selection = selectFor(deps, caller, request, snapshot, deps.now(), budgets, composition);
  if (selection.winner !== null) return priceOf(request, workOf(selection.winner), snapshot.policy);
  // Jobs of an earlier version kept no price.
  if (previous.price === undefined) throw refusalOf(deps, request, selection, snapshot, budgets);
  const isImageKept = storedPart(composition, "image") !== undefined;
  return isImageKept ? videoPriceOf(previous.price) : previous.price;
}

/** The job itself, or the latest retry of it. */
export async function latestTry(deps: Deps, job: Job): Promise<Job> {
  const latestId = job.redrives?.at(-1);
  const latest = latestId === undefined ? null : await deps.jobs.get(latestId);
  return latest?.uid === job.uid ? latestTry(deps, latest) : job;
}

/**
 * Starts that were never answered and that a retry would send again: of the job, and of those of
 * its parts that are not stored. As an administrator names them, `{jobId}/{attempt}`.
 */
export async function unresolvedStarts(deps: Deps, job: Job): Promise<string[]> {
  const parts = await partsOf(deps, job);
  const lost = parts.flatMap((part) => (part.stored === null ? (part.job ?? []) : []));
  return [job, ...lost].flatMap(({ id, attempts }) =>
    attempts.filter(isUnresolved).map(({ number }) => `${id}/${number}`),
  );
}
