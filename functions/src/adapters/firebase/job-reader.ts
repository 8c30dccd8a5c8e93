import {
  type DocumentSnapshot,
  FieldPath,
  type Firestore,
  type Query,
  type Timestamp,
} from "firebase-admin/firestore";
import { z } from "zod";
import { reasonOf } from "../../domain/errors.js";
import { type Job, openStatuses } from "../../domain/job/job.js";
import { isDocumentId } from "../../domain/uid.js";
import type { JobStore } from "../../engine/ports/job-store.js";
import type { Logger } from "../../engine/ports/logger.js";
import { toPage } from "../shared/page-token.js";
import { project, readAll } from "./documents/document.js";
import { type AttemptDocument, attemptSchema, isTorn, type JobDocument, toJob } from "./documents/job.js";
import { endedBefore } from "./ended-before.js";
import { newestFirst } from "./newest-first.js";
import { attemptDocument, attemptsIn, jobDocument, jobsIn } from "./paths.js";

type JobReader = Omit<JobStore, "create" | "update" | "delete" | "budgetUse">;

export interface StoredJob {
  readonly job: Job;
  readonly commitId: string;
  readonly updateTime: Timestamp;
}

/** The documents of a job as they were at one commit. */
interface JobDocuments {
  readonly document: JobDocument;
  readonly attempts: readonly AttemptDocument[];
  readonly updateTime: Timestamp;
}

type JobSnapshot = DocumentSnapshot<JobDocument>;

/** A job is rarely written twice within one read; more often than this is not rare, it is wrong. */
const maxReads = 20;
/** References in one request; a job has a handful of attempts. */
const batchGetSize = 300;

const identity = attemptSchema.pick({ number: true, provider: true });
const costs = attemptSchema
  .pick({
    number: true,
    provider: true,
    model: true,
    estimatedCostUsdMicros: true,
    costUsdMicros: true,
    wasted: true,
  })
  .extend({ listedCostUsdMicros: z.number().exactOptional(), endedAt: z.number() });
/** Plans and vendors' handles stay where they are: a thousand attempts are large enough as it is. */
const decisions = attemptSchema.pick({ number: true, decision: true, createdAt: true });

/**
 * All ways to read jobs. The id is the last sort key of each list, so that jobs of the same
 * millisecond have one order and no page repeats or drops one.
 */
export function jobReader(db: Firestore, log: Logger): JobReader {
  const jobs = jobsIn(db);
  const read = async (query: Query<JobDocument>) => readJobs(db, (await query.get()).docs, log);

  return {
    get: async (jobId) => (await readJob(db, jobId))?.job ?? null,
    watch: (jobId, onChange) => watchJob(db, jobId, onChange, log),

    async listByOwner(uid, { status, ...page }) {
      const own = jobs.where("uid", "==", uid).where("isPart", "==", false);
      const asked = status === undefined ? own : own.where("status", "==", status);
      return toPage(await read(newestFirst(asked, page)), page.limit);
    },

    listAllOf(uid, limit, afterId) {
      const byId = jobs.where("uid", "==", uid).orderBy(FieldPath.documentId());
      return read((afterId === null ? byId : byId.startAfter(afterId)).limit(limit));
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
      const { docs } = await project(attemptsIn(db).where("operation", "in", handles), identity).get();
      const found = docs.find((attempt) => attempt.data().provider === provider);
      return found === undefined ? null : { jobId: jobIdOf(found), attempt: found.data().number };
    },

    async listCosts(limit) {
      const latest = attemptsIn(db).where("endedAt", ">", 0).orderBy("endedAt", "desc").limit(limit);
      const { docs } = await project(latest, costs).get();
      return docs.map((attempt) => {
        const { estimatedCostUsdMicros, ...cost } = attempt.data();
        // The first version knew one cost before the bill.
        return { listedCostUsdMicros: estimatedCostUsdMicros, ...cost, jobId: jobIdOf(attempt) };
      });
    },

    async listDecisions(limit) {
      const latest = attemptsIn(db).orderBy("createdAt", "desc").limit(limit);
      const { docs } = await project(latest, decisions).get();
      return docs.map((attempt) => {
        const { number, decision, createdAt } = attempt.data();
        return { jobId: jobIdOf(attempt), attempt: number, record: decision, createdAt };
      });
    },
  };
}

export async function readJob(db: Firestore, jobId: string): Promise<StoredJob | null> {
  if (!isDocumentId(jobId)) return null;
  const read = await readDocuments(db, jobId);
  return read === null ? null : toStoredJob(read);
}

async function readDocuments(db: Firestore, jobId: string): Promise<JobDocuments | null> {
  for (let reads = 1; reads <= maxReads; reads += 1) {
    const snapshot = await jobDocument(db, jobId).get();
    if (!snapshot.exists) return null;
    const [read] = await withAttempts(db, [snapshot]);
    if (read != null) return read;
  }
  throw new Error(`job ${jobId} changed during each of ${maxReads} reads`);
}

/**
 * The jobs of a query, in its order. One that was deleted meanwhile is left out, and so is one that
 * cannot be read: it must not keep the sweeper from the others.
 */
async function readJobs(db: Firestore, snapshots: readonly JobSnapshot[], log: Logger): Promise<Job[]> {
  const found = await withAttempts(db, snapshots);
  const read = await Promise.all(
    found.map((documents, index) => documents ?? readDocuments(db, snapshots[index]?.id ?? "")),
  );
  return read.flatMap((documents, index) => {
    if (documents === null) return [];
    try {
      return [toStoredJob(documents).job];
    } catch (error) {
      log.error("job.unreadable", { jobId: snapshots[index]?.id, reason: reasonOf(error) });
      return [];
    }
  });
}

/** Adds the attempts, all in one round; `null` where a commit came in between. */
async function withAttempts(
  db: Firestore,
  snapshots: readonly JobSnapshot[],
): Promise<(JobDocuments | null)[]> {
  const found = snapshots.map((snapshot) => ({ id: snapshot.id, document: snapshot.data() }));
  const references = found.flatMap(({ id, document }) =>
    Array.from({ length: document?.attemptCount ?? 0 }, (_, index) => attemptDocument(db, id, index + 1)),
  );
  const read: (AttemptDocument | undefined)[] = [];
  for (let start = 0; start < references.length; start += batchGetSize) {
    const some = await readAll(db, references.slice(start, start + batchGetSize));
    read.push(...some.map((attempt) => attempt.data()));
  }
  return found.map(({ document }, index) => {
    const updateTime = snapshots[index]?.updateTime;
    if (document === undefined || updateTime === undefined) return null;
    const own = read.splice(0, document.attemptCount);
    if (isTorn(document, own)) return null;
    return { document, attempts: own.filter((attempt) => attempt !== undefined), updateTime };
  });
}

function toStoredJob({ document, attempts, updateTime }: JobDocuments): StoredJob {
  return { job: toJob(document, attempts), commitId: document.commitId, updateTime };
}

function jobIdOf(attempt: DocumentSnapshot<unknown>): string {
  return attempt.ref.parent.parent?.id ?? "";
}

/** Follows the job document; its attempts are read for every change, one change after the other. */
function watchJob(
  db: Firestore,
  jobId: string,
  onChange: (job: Job | null) => void,
  log: Logger,
): () => void {
  let stopped = false;
  let told: number | null | undefined;
  let reading: Promise<void> = Promise.resolve();

  async function tell(snapshot: JobSnapshot): Promise<void> {
    const job = await readWhole(db, snapshot);
    const version = job?.version ?? null;
    // A read in between two changes shows the second one early.
    if (stopped || version === told) return;
    told = version;
    onChange(job);
  }

  function failed(error: unknown): void {
    log.error("job.watch_failed", { jobId, reason: reasonOf(error) });
  }

  const stop = jobDocument(db, jobId).onSnapshot((snapshot) => {
    reading = reading.then(() => (stopped ? undefined : tell(snapshot))).catch(failed);
  }, failed);
  return () => {
    stopped = true;
    stop();
  };
}

async function readWhole(db: Firestore, snapshot: JobSnapshot): Promise<Job | null> {
  if (!snapshot.exists) return null;
  const [read] = await withAttempts(db, [snapshot]);
  if (read != null) return toStoredJob(read).job;
  return (await readJob(db, snapshot.id))?.job ?? null;
}
