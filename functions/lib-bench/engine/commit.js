import { transition } from "../domain/transition.js";
/** Commits an event. Returns the changed job, or `null` when the event was late or repeated. */
export async function commit(deps, jobId, event) {
    const { policy } = await deps.health.snapshot();
    const result = await deps.jobs.update(jobId, (job) => transition(job, event, deps.now(), policy));
    if (result === null) {
        deps.log.info("job.event_absorbed", { jobId, event: event.type });
        return null;
    }
    const { job, observations } = result;
    deps.log.info(`job.${event.type}`, {
        jobId,
        attempt: "attempt" in event && typeof event.attempt === "number" ? event.attempt : job.attempts.length,
        provider: job.attempts.at(-1)?.provider,
        status: job.status,
        error: job.error?.code,
    });
    if (observations.length > 0)
        await deps.health.record(observations);
    return job;
}
//# sourceMappingURL=commit.js.map