import { reasonOf } from "../domain/errors.js";
import type { Observation } from "../domain/health/stats.js";
import type { JobEvent } from "../domain/job/event.js";
import type { Job } from "../domain/job/job.js";
import { transition } from "../domain/job/transition.js";
import { announce } from "./budgets.js";
import type { Deps } from "./deps.js";

/** Commits an event. Returns the changed job, or `null` when the event was late or repeated. */
export async function commit(deps: Deps, jobId: string, event: JobEvent): Promise<Job | null> {
  const { policy } = await deps.snapshot();
  const result = await deps.jobs.update(jobId, (job) => transition(job, event, deps.now(), policy));
  if (result === null) {
    deps.log.info("job.event_absorbed", { jobId, event: event.type });
    return null;
  }
  const { job, observations, nearing } = result;
  deps.log.info(`job.${event.type}`, {
    jobId,
    attempt: "attempt" in event && typeof event.attempt === "number" ? event.attempt : job.attempts.length,
    provider: job.attempts.at(-1)?.provider,
    status: job.status,
    error: job.error?.code,
  });
  announce(deps, nearing);
  if (observations.length > 0) await recordHealth(deps, jobId, observations);
  return job;
}

/** The job is committed by now: what was learned by it is no reason to keep it from going on. */
async function recordHealth(deps: Deps, jobId: string, observations: readonly Observation[]): Promise<void> {
  try {
    await deps.health.record(observations);
  } catch (error) {
    deps.log.warn("health.record_failed", { jobId, reason: reasonOf(error) });
  }
}
