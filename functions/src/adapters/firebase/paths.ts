import type {
  CollectionGroup,
  CollectionReference,
  DocumentData,
  DocumentReference,
  Firestore,
} from "firebase-admin/firestore";
import type { LedgerEntry } from "../../domain/accounting/credits.js";
import type { PublishedPolicy } from "../../domain/policy/publication.js";
import { isDocumentId, uidAsDocumentId } from "../../domain/uid.js";
import type { AuditLine } from "../../engine/ports/audit-log.js";
import {
  type AccountDocument,
  accountConverter,
  type InboxMessage,
  inboxConverter,
  ledgerConverter,
} from "./documents/account.js";
import {
  auditConverter,
  type BudgetDocument,
  budgetConverter,
  type DeliveryDocument,
  deliveryConverter,
  policyConverter,
  type ShardDocument,
  type SnapshotDocument,
  shardConverter,
  snapshotConverter,
  type TaskRunsDocument,
  taskRunsConverter,
} from "./documents/administration.js";
import { type BatchDocument, batchConverter } from "./documents/batch.js";
import { type AttemptDocument, attemptConverter, type JobDocument, jobConverter } from "./documents/job.js";

// Every reference carries the converter of its documents, so that nothing is read or written past it.

export function jobsIn(db: Firestore): CollectionReference<JobDocument> {
  return db.collection("videoJobs").withConverter(jobConverter);
}

export function jobDocument(db: Firestore, jobId: string): DocumentReference<JobDocument> {
  return documentIn(jobsIn(db), jobId);
}

/** The attempts of all jobs. */
export function attemptsIn(db: Firestore): CollectionGroup<AttemptDocument> {
  return db.collectionGroup("attempts").withConverter(attemptConverter);
}

export function attemptsOf(db: Firestore, jobId: string): CollectionReference<AttemptDocument> {
  return jobDocument(db, jobId).collection("attempts").withConverter(attemptConverter);
}

export function attemptDocument(
  db: Firestore,
  jobId: string,
  attempt: number,
): DocumentReference<AttemptDocument> {
  return documentIn(attemptsOf(db, jobId), String(attempt));
}

export function usersIn(db: Firestore): CollectionReference<AccountDocument> {
  return db.collection("users").withConverter(accountConverter);
}

export function batchesIn(db: Firestore): CollectionReference<BatchDocument> {
  return db.collection("batches").withConverter(batchConverter);
}

export function batchDocument(db: Firestore, batchId: string): DocumentReference<BatchDocument> {
  return documentIn(batchesIn(db), batchId);
}

export function userDocument(db: Firestore, uid: string): DocumentReference<AccountDocument> {
  return documentIn(usersIn(db), uidAsDocumentId(uid));
}

export function ledgerIn(db: Firestore, uid: string): CollectionReference<LedgerEntry> {
  return userDocument(db, uid).collection("ledger").withConverter(ledgerConverter);
}

export function ledgerDocument(db: Firestore, uid: string, entryId: string): DocumentReference<LedgerEntry> {
  return documentIn(ledgerIn(db, uid), entryId);
}

export function inboxDocument(db: Firestore, uid: string, jobId: string): DocumentReference<InboxMessage> {
  return documentIn(inboxIn(db, uid), jobId);
}

export function inboxIn(db: Firestore, uid: string): CollectionReference<InboxMessage> {
  return userDocument(db, uid).collection("inbox").withConverter(inboxConverter);
}

export function snapshotDocument(db: Firestore): DocumentReference<SnapshotDocument> {
  return db.collection("state").doc("snapshot").withConverter(snapshotConverter);
}

export function taskRunsDocument(db: Firestore): DocumentReference<TaskRunsDocument> {
  return db.collection("state").doc("tasks").withConverter(taskRunsConverter);
}

export function shardDocuments(db: Firestore, count: number): DocumentReference<ShardDocument>[] {
  const shards = snapshotDocument(db).collection("shards").withConverter(shardConverter);
  return Array.from({ length: count }, (_, index) => shards.doc(String(index)));
}

export function budgetDocument(db: Firestore, id: string): DocumentReference<BudgetDocument> {
  return documentIn(budgetsIn(db), id);
}

export function budgetsIn(db: Firestore): CollectionReference<BudgetDocument> {
  return db.collection("budgets").withConverter(budgetConverter);
}

export function policiesIn(db: Firestore): CollectionReference<PublishedPolicy> {
  return db.collection("policies").withConverter(policyConverter);
}

export function policyDocument(db: Firestore, version: number): DocumentReference<PublishedPolicy> {
  return policiesIn(db).doc(String(version));
}

export function auditIn(db: Firestore): CollectionReference<AuditLine> {
  return db.collection("audit").withConverter(auditConverter);
}

export function deliveryDocument(db: Firestore, id: string): DocumentReference<DeliveryDocument> {
  return documentIn(deliveriesIn(db), id);
}

export function deliveriesIn(db: Firestore): CollectionReference<DeliveryDocument> {
  return db.collection("webhookDeliveries").withConverter(deliveryConverter);
}

/** `doc()` reads slashes as a path, so an id with one would reach into another document. */
function documentIn<Model extends DocumentData>(
  collection: CollectionReference<Model>,
  id: string,
): DocumentReference<Model> {
  if (!isDocumentId(id)) throw new Error(`"${id}" cannot be a document id`);
  return collection.doc(id);
}
