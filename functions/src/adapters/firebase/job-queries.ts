import { FieldPath, type Firestore, type Query } from "firebase-admin/firestore";
import type { AttemptCost } from "../../domain/accounting/drift.js";
import { type Attempt, openStatuses } from "../../domain/job/job.js";
import type { JobStore } from "../../engine/ports/job-store.js";
import { fromPageToken, toPage } from "../shared/page-token.js";
import { endedBefore } from "./ended-before.js";
import { readJobs } from "./job-reader.js";
import { attemptsIn, isDocumentId, jobsIn } from "./paths.js";

type JobQueries = Pick<
  JobStore,
  | "listByOwner"
  | "listDue"
  | "listOpen"
  | "listEnded"
  | "listUnresolved"
  | "findOperation"
  | "listDecisions"
  | "listCosts"
>;

/**
 * Lists of jobs. The id is the last sort key of each, so that jobs of the same millisecond have one
 * order and no page repeats or drops one.
 */
export function jobQueries(db: Firestore): JobQueries {
  const jobs = jobsIn(db);
  const read = async (query: Query) => readJobs(db, (await query.get()).docs);

  return {
    async listByOwner(uid, { status, limit, pageToken }) {
      const own = jobs.where("uid", "==", uid).where("isPart", "==", false);
      const newestFirst = (status === undefined ? own : own.where("status", "==", status))
        .orderBy("createdAt", "desc")
        .orderBy(FieldPath.documentId(), "desc");
      const after = pageToken === undefined ? null : fromPageToken(pageToken);
      const rest =
        after !== null && isDocumentId(after.jobId)
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
      if (asked.length === 0) return [];
      const oldestFirst = jobs
        .where("status", "in", asked)
        .orderBy("createdAt")
        .orderBy(FieldPath.documentId());
      return read(oldestFirst.limit(limit));
    },

    listEnded: (before, limit, after) => read(endedBefore(jobs, before, after).limit(limit)),

    listUnresolved(limit) {
      const oldestFirst = jobs
        .where("hasUnresolved", "==", true)
        .orderBy("createdAt")
        .orderBy(FieldPath.documentId());
      return read(oldestFirst.limit(limit));
    },

    async findOperation(provider, handles) {
      if (handles.length === 0) return null;
      const { docs } = await attemptsIn(db)
        .where("operation", "in", handles)
        .select("number", "provider")
        .get();
      // Written by `toAttemptDocument` and by nothing else.
      const found = docs.find((snapshot) => (snapshot.data() as Attempt).provider === provider);
      if (found === undefined) return null;
      return { jobId: found.ref.parent.parent?.id ?? "", attempt: (found.data() as Attempt).number };
    },

    async listCosts(limit) {
      const ended = attemptsIn(db)
        .where("endedAt", ">", 0)
        .select("number", "provider", "model", "listedCostUsdMicros", "costUsdMicros", "wasted", "endedAt");
      const { docs } = await ended.orderBy("endedAt", "desc").limit(limit).get();
      return docs.map((snapshot) => ({
        // Written by `toAttemptDocument` and by nothing else.
        ...(snapshot.data() as Omit<AttemptCost, "jobId">),
        jobId: snapshot.ref.parent.parent?.id ?? "",
      }));
    },

    async listDecisions(limit) {
      // Plans and vendors' handles stay where they are: a thousand attempts are large enough as it is.
      const latest = attemptsIn(db).select("number", "decision", "createdAt");
      const { docs } = await latest.orderBy("createdAt", "desc").limit(limit).get();
      return docs.map((snapshot) => {
        // Written by `toAttemptDocument` and by nothing else.
        const { number, decision, createdAt } = snapshot.data() as Attempt;
        return { jobId: snapshot.ref.parent.parent?.id ?? "", attempt: number, record: decision, createdAt };
      });
    },
  };
}
