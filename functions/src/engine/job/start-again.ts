import { RequestError } from "../../domain/errors.js";
import type { Job } from "../../domain/job/job.js";
import { type Caller, nextTry } from "../../domain/job/new-job.js";
import type { Deps } from "../deps.js";
import { apply } from "../outbox.js";
import { createJob } from "./create-job.js";
import { unresolvedStarts } from "./unresolved-starts.js";

/**
 * Starts a job again that ended in vain, as a new one, and notes that with the old one. All verbs that
 * start again come here, so that together they make one job with one hold. Throws `RequestError`.
 */
export async function startAgain(deps: Deps, previous: Job, caller: Caller): Promise<Job> {
  const { policy } = await deps.health.snapshot();
  const { job } = await createJob(deps, nextTry(previous, caller, policy, deps.now()), policy);
  await apply(deps, previous.id, { type: "redriven", jobId: job.id });
  return job;
}

/**
 * The same for its owner, who cannot find out what became of a start that was never answered: refused
 * until somebody has, or a possible double payment that the policy allows, and then it is on record.
 * `field` is what the owner named the job by.
 */
export async function startAgainAsOwner(
  deps: Deps,
  previous: Job,
  caller: Caller,
  field: string,
): Promise<Job> {
  const unresolved = await unresolvedStarts(deps, previous);
  const { policy } = await deps.health.snapshot();
  if (unresolved.length > 0 && policy.ambiguous.action === "wait") {
    throw new RequestError(
      "ambiguous_start",
      `${field}: its last start was never answered and is still being clarified; nothing was sent again. Try again later.`,
      { field },
    );
  }
  const again = await startAgain(deps, previous, caller);
  if (unresolved.length > 0) {
    const details = { jobId: previous.id, again: again.id, unresolved: unresolved.join(", ") };
    deps.log.warn("job.started_again_unresolved", details);
  }
  return again;
}

/** The job itself, or the latest of what it was started again as. */
export async function latestTry(deps: Deps, job: Job): Promise<Job> {
  const latestId = job.redrives?.at(-1);
  const latest = latestId === undefined ? null : await deps.jobs.get(latestId);
  return latest === null ? job : latestTry(deps, latest);
}
