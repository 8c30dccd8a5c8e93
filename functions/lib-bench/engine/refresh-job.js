import { watchedAttempts } from "../domain/job.js";
import { pollJob } from "./poll-job.js";
import { toPollTask } from "./tasks.js";
export function createRefreshGate() {
    const lastAskedAt = new Map();
    return {
        allows(key, floorMs, now) {
            const last = lastAskedAt.get(key);
            if (last !== undefined && now - last < floorMs)
                return false;
            if (lastAskedAt.size > 1_000)
                lastAskedAt.clear();
            lastAskedAt.set(key, now);
            return true;
        },
    };
}
/** Asks the provider now instead of at the next poll. Safe beside the normal polls. */
export async function refreshJob(deps, job, gate) {
    if (job.status !== "generating")
        return job;
    for (const attempt of watchedAttempts(job)) {
        const poll = toPollTask(deps, job, attempt);
        if (poll === null || !gate.allows(attempt.idempotencyKey, poll.timing.floorMs, deps.now()))
            continue;
        await pollJob(deps, poll);
    }
    return (await deps.jobs.get(job.id)) ?? job;
}
//# sourceMappingURL=refresh-job.js.map