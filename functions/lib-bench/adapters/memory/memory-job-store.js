import { isTerminal } from "../../domain/job.js";
import { countStart, jobIdUsedUp } from "../shared/account.js";
import { fromPageToken, toPage } from "../shared/page-token.js";
import { bookLines, frozenCopy, hasLine } from "./memory-database.js";
/** Jobs in this process: for tests, for simulations, and where there is no Firestore. */
export function memoryJobStore(database) {
    const { jobs } = database;
    function save(job) {
        jobs.set(job.id, frozenCopy(job));
        changed(job.id);
    }
    function changed(jobId) {
        for (const watcher of database.watchers)
            watcher(jobId);
    }
    function select(matches, sortKey) {
        return [...jobs.values()].filter(matches).sort((a, b) => compare([sortKey(a), a.id], [sortKey(b), b.id]));
    }
    return {
        async create(job, hold, startsPerMinute) {
            const existing = jobs.get(job.id);
            if (existing !== undefined)
                return { job: existing, created: false };
            if (hasLine(database, job.uid, hold.id))
                throw jobIdUsedUp(job.id);
            bookLines(database, job.uid, [hold], hold.at, (booking) => countStart(booking, startsPerMinute, hold.at));
            save(job);
            return { job: frozenCopy(job), created: true };
        },
        get: async (jobId) => jobs.get(jobId) ?? null,
        watch(jobId, onChange) {
            const tell = () => {
                // Like a real database: never before `watch` has returned, never after it was stopped.
                queueMicrotask(() => {
                    if (database.watchers.has(watcher))
                        onChange(jobs.get(jobId) ?? null);
                });
            };
            const watcher = (changedId) => {
                if (changedId === jobId)
                    tell();
            };
            database.watchers.add(watcher);
            tell();
            return () => {
                database.watchers.delete(watcher);
            };
        },
        async update(jobId, decide) {
            const job = jobs.get(jobId);
            if (job === undefined)
                return null;
            const transition = decide(job);
            if (transition === null)
                return null;
            const { ledger } = transition;
            if (ledger.length > 0)
                bookLines(database, job.uid, ledger, transition.job.updatedAt);
            save(transition.job);
            return transition;
        },
        async listByOwner(uid, { status, limit, pageToken }) {
            const after = pageToken === undefined ? null : fromPageToken(pageToken);
            const newestFirst = select((job) => job.uid === uid &&
                (status === undefined || job.status === status) &&
                (after === null || compare([job.createdAt, job.id], [after.createdAt, after.jobId]) < 0), (job) => job.createdAt).reverse();
            return toPage(newestFirst, limit);
        },
        async listDue(now, limit, after) {
            const due = select(({ id, checkAt }) => checkAt !== null &&
                checkAt <= now &&
                (after === null || compare([checkAt, id], [after.checkAt, after.jobId]) > 0), (job) => job.checkAt ?? 0);
            return due.slice(0, limit);
        },
        async listOpen({ status, limit }) {
            const isAsked = (job) => !isTerminal(job) && (status === undefined || job.status === status);
            return select(isAsked, (job) => job.createdAt).slice(0, limit);
        },
        async listEnded(before, limit) {
            const hasEnded = ({ endedAt }) => endedAt !== null && endedAt < before;
            return select(hasEnded, (job) => job.endedAt ?? 0).slice(0, limit);
        },
        async delete(jobId) {
            if (jobs.delete(jobId))
                changed(jobId);
        },
    };
}
function compare(a, b) {
    if (a[0] !== b[0])
        return a[0] - b[0];
    return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
//# sourceMappingURL=memory-job-store.js.map