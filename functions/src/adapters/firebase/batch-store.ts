import { randomUUID } from "node:crypto";
import type { Firestore } from "firebase-admin/firestore";
import type { BudgetLine } from "../../domain/accounting/budget.js";
import type { Batch } from "../../domain/batch/batch.js";
import type { BatchStore, CreatedBatch } from "../../engine/ports/batch-store.js";
import type { JobStart } from "../../engine/ports/job-store.js";
import { bookHolds, countStart, jobIdUsedUp } from "../shared/account.js";
import { openAccount, writeBooking } from "./account-document.js";
import { addBudgetLines } from "./budget-documents.js";
import { endedBefore } from "./ended-before.js";
import { toJobDocument } from "./job-document.js";
import { optimistically } from "./optimistic.js";
import {
  batchDocument,
  batchesIn,
  isDocumentId,
  jobDocument,
  ledgerDocument,
  userDocument,
} from "./paths.js";

/** `batches/{id}`: all of it is its owner's to read, except for what tells one commit from another. */
interface BatchDocument extends Batch {
  /** Of the creation: tells a writer whose answer was lost that the batch it finds is its own. */
  readonly commitId: string;
}

/** Batches in Firestore; one is written when it is created and when one of its items changes. */
export function firebaseBatchStore(db: Firestore, options: { welcomeCredits?: number } = {}): BatchStore {
  const { welcomeCredits = 0 } = options;
  return {
    create: (batch, starts, startsPerMinute, budget) =>
      createBatch(db, { batch, starts, startsPerMinute, budget, welcomeCredits }),

    async get(batchId) {
      const document = isDocumentId(batchId) ? await readBatch(db, batchId) : undefined;
      return document === undefined ? null : fromDocument(document.data);
    },

    update: (batchId, decide) =>
      optimistically(async () => {
        const stored = await readBatch(db, batchId);
        if (stored === undefined) return null;
        const next = decide(fromDocument(stored.data));
        if (next === null) return null;
        await batchDocument(db, batchId).update({ ...next }, { lastUpdateTime: stored.updateTime });
        return next;
      }),

    async listEnded(before, limit, after) {
      const { docs } = await endedBefore(batchesIn(db), before, after).limit(limit).get();
      return docs.map((snapshot) => fromDocument(snapshot.data() as BatchDocument));
    },

    async delete(batchId) {
      await batchDocument(db, batchId).delete();
    },
  };
}

interface Creation {
  readonly batch: Batch;
  readonly starts: readonly JobStart[];
  readonly startsPerMinute: number;
  readonly budget: readonly BudgetLine[];
  readonly welcomeCredits: number;
}

/** Fifty jobs are some 150 documents in one commit, far below Firestore's 10 MiB a request. */
function createBatch(db: Firestore, creation: Creation): Promise<CreatedBatch> {
  const { batch, starts, startsPerMinute, budget, welcomeCredits } = creation;
  const commitId = randomUUID();
  return optimistically(async () => {
    const [user, taken, ...lines] = await db.getAll(
      userDocument(db, batch.uid),
      batchDocument(db, batch.id),
      ...starts.map(({ hold }) => ledgerDocument(db, batch.uid, hold.id)),
    );
    if (user === undefined) throw new Error("the account was not read");
    if (taken?.exists) {
      const existing = taken.data() as BatchDocument;
      return { batch: fromDocument(existing), created: existing.commitId === commitId };
    }
    const used = starts.find((_, index) => lines[index]?.exists);
    if (used !== undefined) throw jobIdUsedUp(used.job.id);
    const opened = openAccount(user, welcomeCredits, batch.createdAt);
    const counted = countStart(opened, startsPerMinute, batch.createdAt, starts.length);
    const booking = bookHolds(
      counted,
      starts.map(({ hold }) => hold),
    );

    const writes = db.batch();
    writes.create(batchDocument(db, batch.id), { ...batch, commitId });
    for (const { job } of starts) writes.create(jobDocument(db, job.id), { ...toJobDocument(job, commitId) });
    writeBooking(db, writes, user, booking);
    const { nearing } = await addBudgetLines(db, writes, budget);
    await writes.commit();
    return { batch, created: true, nearing };
  });
}

async function readBatch(db: Firestore, batchId: string) {
  const snapshot = await batchDocument(db, batchId).get();
  const { updateTime } = snapshot;
  // Written by this file and by nothing else: the rules let no client write.
  const data = snapshot.data() as BatchDocument | undefined;
  return data === undefined || updateTime === undefined ? undefined : { data, updateTime };
}

function fromDocument({ commitId, ...batch }: BatchDocument): Batch {
  return batch;
}
