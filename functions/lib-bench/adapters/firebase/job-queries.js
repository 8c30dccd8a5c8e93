import { FieldPath } from "firebase-admin/firestore";
import { fromPageToken, toPage } from "../shared/page-token.js";
import { readJobs } from "./job-reader.js";
import { isDocumentId, jobsIn } from "./paths.js";
const openStatuses = ["queued", "generating", "storing"];
/**
 * Lists of jobs. The id is the last sort key of each, so that jobs of the same millisecond have one
 * order and no page repeats or drops one.
 */
export function jobQueries(db) {
    const jobs = jobsIn(db);
    const read = async (query) => readJobs(db, (await query.get()).docs);
    return {
        async listByOwner(uid, { status, limit, pageToken }) {
            const own = jobs.where("uid", "==", uid);
            const newestFirst = (status === undefined ? own : own.where("status", "==", status))
                .orderBy("createdAt", "desc")
                .orderBy(FieldPath.documentId(), "desc");
            const after = pageToken === undefined ? null : fromPageToken(pageToken);
            const rest = after !== null && isDocumentId(after.jobId)
                ? newestFirst.startAfter(after.createdAt, after.jobId)
                : newestFirst;
            return toPage(await read(rest.limit(limit + 1)), limit);
        },
        listDue(now, limit, after) {
            const oldestFirst = jobs.where("checkAt", "<=", now).orderBy("checkAt").orderBy(FieldPath.documentId());
            const rest = after === null ? oldestFirst : oldestFirst.startAfter(after.checkAt, after.jobId);
            return read(rest.limit(limit));
        },
        async listOpen({ status, limit }) {
            const asked = openStatuses.filter((open) => status === undefined || open === status);
            if (asked.length === 0)
                return [];
            const oldestFirst = jobs
                .where("status", "in", asked)
                .orderBy("createdAt")
                .orderBy(FieldPath.documentId());
            return read(oldestFirst.limit(limit));
        },
        listEnded(before, limit) {
            const oldestFirst = jobs
                .where("endedAt", "<", before)
                .orderBy("endedAt")
                .orderBy(FieldPath.documentId());
            return read(oldestFirst.limit(limit));
        },
    };
}
//# sourceMappingURL=job-queries.js.map