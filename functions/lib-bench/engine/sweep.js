import { openStart } from "../domain/job.js";
import { apply } from "./apply.js";
import { deliver, reasonOf } from "./deliver.js";
import { startJob } from "./start-job.js";
import { storeVideo } from "./store-video.js";
const pageSize = 100;
/**
 * Looks after every job that should have moved and did not: a crashed start, a lost task, an
 * undelivered effect, a passed deadline. It rebuilds from the documents alone.
 */
export async function sweep(deps) {
    const now = deps.now();
    let looked = 0;
    let failed = 0;
    let after = null;
    for (;;) {
        const due = await deps.jobs.listDue(now, pageSize, after);
        for (const job of due) {
            looked += 1;
            try {
                await sweepJob(deps, job, now);
            }
            catch (error) {
                failed += 1;
                deps.log.warn("sweep.job_failed", { jobId: job.id, reason: reasonOf(error) });
            }
        }
        const last = due.at(-1);
        if (last?.checkAt == null || due.length < pageSize)
            return { looked, failed };
        after = { checkAt: last.checkAt, jobId: last.id };
    }
}
async function sweepJob(deps, job, now) {
    if (now >= job.deadlineAt && job.status !== "storing") {
        const ended = await apply(deps, job.id, { type: "deadline_passed" });
        if (ended !== null)
            return;
    }
    if (job.next !== null && now >= job.next.dueAt) {
        // The task of this version may have been used up by a handler that died, and a name cannot be
        // used again for an hour; so the step is taken here. Version and lease keep it single.
        if (job.next.step === "store")
            await storeVideo(deps, job.id);
        else if (job.status === "queued" || openStart(job) !== undefined)
            await startJob(deps, job.id);
        return;
    }
    await deliver(deps, job);
}
//# sourceMappingURL=sweep.js.map