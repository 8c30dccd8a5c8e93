import { readJob, withAttempts } from "./job-reader.js";
import { jobDocument } from "./paths.js";
/** Follows the job document; its attempts are read for every change, one change after the other. */
export function watchJob(db, jobId, onChange, log) {
    let stopped = false;
    let told;
    let reading = Promise.resolve();
    async function tell(snapshot) {
        const job = await readWhole(db, snapshot);
        const version = job?.version ?? null;
        // A read in between two changes shows the second one early.
        if (stopped || version === told)
            return;
        told = version;
        onChange(job);
    }
    function failed(error) {
        log.error("job.watch_failed", { jobId, reason: error instanceof Error ? error.message : "unknown" });
    }
    const stop = jobDocument(db, jobId).onSnapshot((snapshot) => {
        reading = reading.then(() => (stopped ? undefined : tell(snapshot))).catch(failed);
    }, failed);
    return () => {
        stopped = true;
        stop();
    };
}
async function readWhole(db, snapshot) {
    if (!snapshot.exists)
        return null;
    const [stored] = await withAttempts(db, [snapshot]);
    return (stored ?? (await readJob(db, snapshot.id)))?.job ?? null;
}
//# sourceMappingURL=job-watch.js.map