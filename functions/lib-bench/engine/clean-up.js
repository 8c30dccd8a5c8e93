const batchSize = 200;
/**
 * Deletes jobs that ended before a time, with their files. Ledger lines stay: money is not tidied
 * away. Jobs that are still open are never touched, however old.
 */
export async function cleanUp(deps, options) {
    const before = deps.now() - options.olderThanDays * 86_400_000;
    const old = await deps.jobs.listEnded(before, batchSize);
    const jobs = [];
    let files = 0;
    for (const job of old) {
        if (job.outbox.length > 0)
            continue;
        jobs.push(job.id);
        if (job.output !== null)
            files += 1;
        if (options.dryRun)
            continue;
        // The file first: a job without its file can be found again, a file without its job cannot.
        if (job.output !== null)
            await deps.media.delete(job.output.path);
        await deps.jobs.delete(job.id);
    }
    deps.log.info("clean_up.done", { dryRun: options.dryRun, jobs: jobs.length, files });
    return { dryRun: options.dryRun, jobs, files };
}
//# sourceMappingURL=clean-up.js.map