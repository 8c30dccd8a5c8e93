import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Firestore, WriteBatch } from "firebase-admin/firestore";
import type { BudgetLine } from "../../domain/accounting/budget.js";
import type { LedgerEntry } from "../../domain/accounting/credits.js";
import type { Transition } from "../../domain/job/event.js";
import type { Job } from "../../domain/job/job.js";
import type { Committed, Created, JobStore } from "../../engine/ports/job-store.js";
import type { Logger } from "../../engine/ports/logger.js";
import { book, countStart, jobIdUsedUp } from "../shared/account.js";
import { addBudgetLines, readBudgetUse } from "./budget-documents.js";
import { addLines, openAccount, writeBooking } from "./credit-store.js";
import { replace } from "./documents/document.js";
import { jobConverter, toAttemptDocument, toJobDocument } from "./documents/job.js";
import { jobReader, readJob } from "./job-reader.js";
import { optimistically } from "./optimistic.js";
import { attemptDocument, attemptsOf, jobDocument, ledgerDocument, userDocument } from "./paths.js";

export interface JobStoreOptions {
  readonly log: Logger;
  /** Given once to an account that does not exist yet. */
  readonly welcomeCredits?: number;
}

/** Jobs in Firestore: every change is one commit of job, attempts, account and ledger. */
export function firebaseJobStore(db: Firestore, options: JobStoreOptions): JobStore {
  const { log, welcomeCredits = 0 } = options;
  return {
    create: (job, hold, startsPerMinute, budget = []) =>
      hold === null
        ? createPart(db, job)
        : createJob(db, { job, hold, startsPerMinute, budget, welcomeCredits }),
    update: (jobId, decide) => updateJob(db, jobId, decide, welcomeCredits),
    budgetUse: (day, scopes) => readBudgetUse(db, day, scopes),
    delete: (jobId) => deleteJob(db, jobId),
    ...jobReader(db, log),
  };
}

interface Creation {
  readonly job: Job;
  readonly hold: LedgerEntry;
  readonly startsPerMinute: number;
  readonly budget: readonly BudgetLine[];
  readonly welcomeCredits: number;
}

function createJob(
  db: Firestore,
  { job, hold, startsPerMinute, budget, welcomeCredits }: Creation,
): Promise<Created> {
  const commitId = randomUUID();
  return optimistically(async () => {
    const [user, line, taken] = await db.getAll(
      userDocument(db, job.uid),
      ledgerDocument(db, job.uid, hold.id),
      jobDocument(db, job.id),
    );
    if (user === undefined) throw new Error("the account was not read");
    const existing = taken?.exists ? await readJob(db, job.id) : null;
    if (existing !== null) return { job: existing.job, created: existing.commitId === commitId };
    if (line?.exists) throw jobIdUsedUp(job.id);
    const opened = openAccount(user, welcomeCredits, hold.at);
    const booking = book(countStart(opened, startsPerMinute, hold.at), [hold]);

    const batch = db.batch();
    batch.create(jobDocument(db, job.id), toJobDocument(job, commitId));
    writeAttempts(db, batch, null, job);
    writeBooking(db, batch, user, booking);
    const { nearing } = await addBudgetLines(db, batch, budget);
    await batch.commit();
    return { job, created: true, nearing };
  });
}

/** A part of another job: no account has to do with it. */
function createPart(db: Firestore, job: Job): Promise<Created> {
  const commitId = randomUUID();
  return optimistically(async () => {
    const existing = await readJob(db, job.id);
    if (existing !== null) return { job: existing.job, created: existing.commitId === commitId };
    const batch = db.batch();
    batch.create(jobDocument(db, job.id), toJobDocument(job, commitId));
    writeAttempts(db, batch, null, job);
    await batch.commit();
    return { job, created: true };
  });
}

function updateJob(
  db: Firestore,
  jobId: string,
  decide: (job: Job) => Transition | null,
  welcomeCredits: number,
): Promise<Committed | null> {
  let tried: { readonly commitId: string; readonly committed: Committed } | undefined;
  return optimistically(async () => {
    const stored = await readJob(db, jobId);
    if (stored === null) return null;
    // The client repeats a commit whose answer was lost, and then meets its own first copy.
    if (tried?.commitId === stored.commitId) return tried.committed;
    const { job, updateTime } = stored;
    const transition = decide(job);
    if (transition === null) return null;

    const commitId = randomUUID();
    const batch = db.batch();
    const document = toJobDocument(transition.job, commitId);
    replace(batch, jobDocument(db, jobId), jobConverter, document, updateTime);
    writeAttempts(db, batch, job, transition.job);
    if (transition.ledger.length > 0) {
      await addLines(db, batch, job.uid, transition.ledger, welcomeCredits);
    }
    const { nearing } = await addBudgetLines(db, batch, transition.budget ?? []);
    const committed = { ...transition, nearing };
    tried = { commitId, committed };
    await batch.commit();
    return committed;
  });
}

/** Only the attempts that are new or changed: a plan and its decision are large. */
function writeAttempts(db: Firestore, batch: WriteBatch, before: Job | null, after: Job): void {
  after.attempts.forEach((attempt, index) => {
    if (isDeepStrictEqual(before?.attempts[index], attempt)) return;
    batch.set(attemptDocument(db, after.id, attempt.number), toAttemptDocument(attempt, after.version));
  });
}

function deleteJob(db: Firestore, jobId: string): Promise<void> {
  return optimistically(async () => {
    const stored = await readJob(db, jobId);
    if (stored === null) return;
    const batch = db.batch();
    // Also those that an older version kept, and that the job no longer knows of.
    for (const attempt of await attemptsOf(db, jobId).listDocuments()) batch.delete(attempt);
    batch.delete(jobDocument(db, jobId), { lastUpdateTime: stored.updateTime });
    await batch.commit();
  });
}
