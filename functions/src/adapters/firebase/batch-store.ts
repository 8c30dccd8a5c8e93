import { randomUUID } from "node:crypto";
import type { Firestore } from "firebase-admin/firestore";
import type { BudgetLine } from "../../domain/accounting/budget.js";
import type { Batch } from "../../domain/batch/batch.js";
import { isDocumentId } from "../../domain/uid.js";
import type { BatchStore, CreatedBatch } from "../../engine/ports/batch-store.js";
import type { JobStart } from "../../engine/ports/job-store.js";
import { bookHolds, countStart, jobIdUsedUp } from "../shared/account.js";
import { toPage } from "../shared/page-token.js";
import { addBudgetLines } from "./budget-documents.js";
import { openAccount, writeBooking } from "./credit-store.js";
import { batchConverter, toBatch, toBatchDocument } from "./documents/batch.js";
import { replace } from "./documents/document.js";
import { toJobDocument } from "./documents/job.js";
import { endedBefore } from "./ended-before.js";
import { newestFirst } from "./newest-first.js";
import { optimistically } from "./optimistic.js";
import { batchDocument, batchesIn, jobDocument, ledgerDocument, userDocument } from "./paths.js";

/** Batches in Firestore; one is written when it is created and when one of its items changes. */
export function firebaseBatchStore(db: Firestore, options: { welcomeCredits?: number } = {}): BatchStore {
  const { welcomeCredits = 0 } = options;
  return {
    create: (batch, starts, startsPerMinute, budget) =>
      createBatch(db, { batch, starts, startsPerMinute, budget, welcomeCredits }),

    async get(batchId) {
      const document = isDocumentId(batchId) ? await readBatch(db, batchId) : undefined;
      return document === undefined ? null : toBatch(document.data);
    },

    update: (batchId, decide) =>
      optimistically(async () => {
        const stored = await readBatch(db, batchId);
        if (stored === undefined) return null;
        const { data, updateTime } = stored;
        const next = decide(toBatch(data));
        if (next === null) return null;
        const writes = db.batch();
        const document = toBatchDocument(next, data.commitId);
        replace(writes, batchDocument(db, batchId), batchConverter, document, updateTime);
        await writes.commit();
        return next;
      }),

    async listByOwner(uid, { type, ...page }) {
      const own = batchesIn(db).where("uid", "==", uid);
      const asked = type === undefined ? own : own.where("type", "==", type);
      const { docs } = await newestFirst(asked, page).get();
      return toPage(
        docs.map((snapshot) => toBatch(snapshot.data())),
        page.limit,
      );
    },

    async listEnded(before, limit, after) {
      const { docs } = await endedBefore(batchesIn(db), before, after).limit(limit).get();
      return docs.map((snapshot) => toBatch(snapshot.data()));
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
    const existing = taken?.exists ? await readBatch(db, batch.id) : undefined;
    if (existing !== undefined) {
      return { batch: toBatch(existing.data), created: existing.data.commitId === commitId };
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
    writes.create(batchDocument(db, batch.id), toBatchDocument(batch, commitId));
    for (const { job } of starts) writes.create(jobDocument(db, job.id), toJobDocument(job, commitId));
    writeBooking(db, writes, user, booking);
    const { nearing } = await addBudgetLines(db, writes, budget);
    await writes.commit();
    return { batch, created: true, nearing };
  });
}

async function readBatch(db: Firestore, batchId: string) {
  const snapshot = await batchDocument(db, batchId).get();
  const { updateTime } = snapshot;
  const data = snapshot.data();
  return data === undefined || updateTime === undefined ? undefined : { data, updateTime };
}
