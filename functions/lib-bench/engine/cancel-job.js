import { apply } from "./apply.js";
/**
 * Cancels a job. Its credits are released at once; what the provider says about stopping the work
 * is told as it is. A job that has already ended is returned unchanged.
 */
export async function cancelJob(deps, job, by) {
    await apply(deps, job.id, { type: "cancel_requested", by });
    return (await deps.jobs.get(job.id)) ?? job;
}
//# sourceMappingURL=cancel-job.js.map