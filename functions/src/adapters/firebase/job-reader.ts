import type { DocumentSnapshot, Firestore, Timestamp } from "firebase-admin/firestore";
import type { Job } from "../../domain/job/job.js";
import { type AttemptDocument, fromDocuments, isTorn, type JobDocument } from "./job-document.js";
import { attemptDocument, isDocumentId, jobDocument } from "./paths.js";

export interface StoredJob {
  readonly job: Job;
  readonly commitId: string;
  readonly updateTime: Timestamp;
}

/** A job is rarely written twice within one read; more often than this is not rare, it is wrong. */
const maxReads = 20;
/** References in one request; a job has a handful of attempts. */
const batchGetSize = 300;

export async function readJob(db: Firestore, jobId: string): Promise<StoredJob | null> {
  if (!isDocumentId(jobId)) return null;
  for (let reads = 1; reads <= maxReads; reads += 1) {
    const snapshot = await jobDocument(db, jobId).get();
    if (!snapshot.exists) return null;
    const [stored] = await withAttempts(db, [snapshot]);
    if (stored != null) return stored;
  }
  throw new Error(`job ${jobId} changed during each of ${maxReads} reads`);
}

/** The jobs of a query, in its order. One that was deleted meanwhile is left out. */
export async function readJobs(db: Firestore, snapshots: readonly DocumentSnapshot[]): Promise<Job[]> {
  const found = await withAttempts(db, snapshots);
  const read = await Promise.all(
    found.map((stored, index) => stored ?? readJob(db, snapshots[index]?.id ?? "")),
  );
  return read.flatMap((stored) => (stored === null ? [] : [stored.job]));
}

/** Adds the attempts, all in one round; `null` where a commit came in between. */
export async function withAttempts(
  db: Firestore,
  snapshots: readonly DocumentSnapshot[],
): Promise<(StoredJob | null)[]> {
  const documents = snapshots.map(toDocument);
  const numbers = documents.map(({ attemptCount }) =>
    Array.from({ length: attemptCount }, (_, index) => index + 1),
  );
  const references = documents.flatMap(({ id }, index) =>
    (numbers[index] ?? []).map((number) => attemptDocument(db, id, number)),
  );
  const read: DocumentSnapshot[] = [];
  for (let start = 0; start < references.length; start += batchGetSize) {
    read.push(...(await db.getAll(...references.slice(start, start + batchGetSize))));
  }
  // Written by `toAttemptDocument` and by nothing else: the rules let no client write.
  const attempts = read.map((snapshot) => snapshot.data() as AttemptDocument | undefined);
  return documents.map((document, index) => {
    const own = attempts.splice(0, document.attemptCount);
    const updateTime = snapshots[index]?.updateTime;
    if (updateTime === undefined || isTorn(document, own)) return null;
    const whole = own.filter((attempt) => attempt !== undefined);
    return { job: fromDocuments(document, whole), commitId: document.commitId, updateTime };
  });
}

/** Written by `toJobDocument` and by nothing else. */
function toDocument(snapshot: DocumentSnapshot): JobDocument {
  return snapshot.data() as JobDocument;
}
