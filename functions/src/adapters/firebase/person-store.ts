import { FieldPath, type Firestore, type Query } from "firebase-admin/firestore";
import { scopeName } from "../../domain/accounting/budget.js";
import { anonymousAct, anonymousLine } from "../../domain/person/anonymous.js";
import type { Deletion } from "../../domain/person/deletion.js";
import type { AuditLine } from "../../engine/ports/audit-log.js";
import type { PersonRecords, PersonStore } from "../../engine/ports/person-store.js";
import { openAccount } from "./credit-store.js";
import { accountConverter } from "./documents/account.js";
import { auditConverter, policyConverter } from "./documents/administration.js";
import { replace } from "./documents/document.js";
import { optimistically } from "./optimistic.js";
import {
  attemptsOf,
  auditIn,
  batchesIn,
  budgetsIn,
  deliveriesIn,
  inboxDocument,
  inboxIn,
  jobsIn,
  ledgerDocument,
  ledgerIn,
  policiesIn,
  userDocument,
  usersIn,
} from "./paths.js";

/** Values in one `in` query. */
const mostInQuery = 30;
/** Writes in one commit. */
const mostWrites = 400;

/** Everything of a person in Firestore, wherever it lies. */
export function firebasePersonStore(db: Firestore): PersonStore {
  return {
    deletion: async (uid) => (await userDocument(db, uid).get()).data()?.deletion ?? null,

    begin: (deletion) =>
      optimistically(async () => {
        const user = await userDocument(db, deletion.uid).get();
        const known = user.data()?.deletion;
        if (known !== undefined) return known;
        const batch = db.batch();
        const { account } = openAccount(user, 0, deletion.requestedAt);
        const marked = { ...account, deletion };
        if (user.updateTime === undefined) batch.create(user.ref, marked);
        else replace(batch, user.ref, accountConverter, marked, user.updateTime);
        await batch.commit();
        return deletion;
      }),

    step: (current, next) =>
      optimistically(async () => {
        const user = await userDocument(db, current.uid).get();
        const account = user.data();
        if (user.updateTime === undefined || account?.deletion?.version !== current.version) return null;
        const batch = db.batch();
        replace(batch, user.ref, accountConverter, { ...account, deletion: next }, user.updateTime);
        await batch.commit();
        return next;
      }),

    async listDue(before, limit) {
      const due = usersIn(db).where("deletion.dueAt", "<", before).orderBy("deletion.dueAt").limit(limit);
      return (await due.get()).docs.flatMap((user) => user.data().deletion ?? []);
    },

    removeTraces: (deletion, jobId) => removeTraces(db, deletion, jobId),

    async removeRecords(deletion, limit) {
      const { uid, pseudonym } = deletion;
      const jobs = await jobsIn(db).where("uid", "==", uid).limit(limit).get();
      for (const job of jobs.docs) {
        await removeTraces(db, deletion, job.id);
        await db.recursiveDelete(job.ref);
      }
      const removed = [
        jobs.size,
        await removeAll(db, batchesIn(db).where("uid", "==", uid).limit(limit)),
        await removeAll(db, budgetsOf(db, uid).limit(limit)),
        await removeAll(db, inboxIn(db, uid).limit(limit)),
      ];
      for (const field of ["actor", "target"]) {
        removed.push(await anonymise(db, deletion, auditIn(db).where(field, "==", uid).limit(limit), false));
      }
      const published = await policiesIn(db).where("author", "==", uid).limit(limit).get();
      for (const policy of published.docs) {
        const batch = db.batch();
        const anonymous = { ...policy.data(), author: pseudonym };
        replace(batch, policy.ref, policyConverter, anonymous, policy.updateTime);
        await batch.commit();
      }
      return removed.reduce((sum, count) => sum + count, published.size);
    },

    async copyLedger(deletion, limit) {
      const byId = ledgerIn(db, deletion.uid).orderBy(FieldPath.documentId());
      const rest = deletion.after === null ? byId : byId.startAfter(deletion.after);
      const { docs } = await rest.limit(Math.min(limit, mostWrites)).get();
      const batch = db.batch();
      for (const line of docs) {
        const anonymous = anonymousLine(line.data(), deletion);
        batch.set(ledgerDocument(db, deletion.pseudonym, anonymous.id), anonymous);
      }
      await batch.commit();
      // The clean-up has removed jobs that the ledger still names, and the audit log may as well.
      const jobIds = new Set(docs.flatMap((line) => line.data().jobId ?? []));
      for (const jobId of jobIds) await removeTraces(db, deletion, jobId);
      return docs.at(-1)?.id ?? null;
    },

    async closeAccount({ uid, pseudonym }) {
      const user = await userDocument(db, uid).get();
      const { credits } = openAccount(user, 0, 0).account;
      if (credits.granted !== 0) {
        await userDocument(db, pseudonym).set({ credits, starts: { minute: 0, count: 0 } });
      }
      // Whatever there is, also what others keep there. The mark goes last: with it the rest is found again.
      for (const collection of await user.ref.listCollections()) await db.recursiveDelete(collection);
      await user.ref.delete();
    },

    count: (uid) => countRecords(db, uid),
  };
}

function budgetsOf(db: Firestore, uid: string) {
  return budgetsIn(db).where("scope", "==", scopeName({ type: "user", id: uid }));
}

/** Lines about a job name it as their target, alone or with an attempt, or as what came of it. */
function actsOn(db: Firestore, jobId: string): Query<AuditLine>[] {
  return [
    auditIn(db).where("target", "==", jobId),
    auditIn(db).where("target", ">=", `${jobId}/`).where("target", "<", `${jobId}0`),
    auditIn(db).where("details.jobId", "==", jobId),
  ];
}

async function removeTraces(db: Firestore, deletion: Deletion, jobId: string): Promise<void> {
  await inboxDocument(db, deletion.uid, jobId).delete();
  await removeAll(db, deliveriesIn(db).where("jobId", "==", jobId));
  for (const acts of actsOn(db, jobId)) await anonymise(db, deletion, acts, true);
}

async function removeAll(db: Firestore, query: Query<unknown>): Promise<number> {
  const { docs, size } = await query.select().get();
  for (let start = 0; start < size; start += mostWrites) {
    const batch = db.batch();
    for (const { ref } of docs.slice(start, start + mostWrites)) batch.delete(ref);
    await batch.commit();
  }
  return size;
}

async function anonymise(
  db: Firestore,
  deletion: Deletion,
  acts: Query<AuditLine>,
  areAboutJob: boolean,
): Promise<number> {
  const { docs, size } = await acts.get();
  for (const act of docs) {
    const batch = db.batch();
    replace(batch, act.ref, auditConverter, anonymousAct(act.data(), deletion, areAboutJob), act.updateTime);
    await batch.commit();
  }
  return size;
}

async function countRecords(db: Firestore, uid: string): Promise<PersonRecords> {
  const jobs = (await jobsIn(db).where("uid", "==", uid).select().get()).docs.map(({ id }) => id);
  let attempts = 0;
  let webhookDeliveries = 0;
  const acts = new Set<string>();
  const addActs = async (query: Query<AuditLine>) => {
    for (const { id } of (await query.select().get()).docs) acts.add(id);
  };
  for (let start = 0; start < jobs.length; start += mostInQuery) {
    const some = jobs.slice(start, start + mostInQuery);
    attempts += sum(await Promise.all(some.map((jobId) => sizeOf(attemptsOf(db, jobId)))));
    webhookDeliveries += await sizeOf(deliveriesIn(db).where("jobId", "in", some));
    await Promise.all(some.flatMap((jobId) => actsOn(db, jobId)).map(addActs));
  }
  for (const field of ["actor", "target"]) await addActs(auditIn(db).where(field, "==", uid));
  return {
    jobs: jobs.length,
    attempts,
    batches: await sizeOf(batchesIn(db).where("uid", "==", uid)),
    ledgerLines: await sizeOf(ledgerIn(db, uid)),
    inboxMessages: await sizeOf(inboxIn(db, uid)),
    webhookDeliveries,
    budgets: await sizeOf(budgetsOf(db, uid)),
    auditLines: acts.size,
    policies: await sizeOf(policiesIn(db).where("author", "==", uid)),
  };
}

async function sizeOf(query: Query<unknown>): Promise<number> {
  return (await query.count().get()).data().count;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
