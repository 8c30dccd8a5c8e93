import type {
  CollectionGroup,
  CollectionReference,
  DocumentReference,
  Firestore,
} from "firebase-admin/firestore";

/** Ids that Firestore takes and that name one document: no path of their own, no reserved name. */
export function isDocumentId(id: string): boolean {
  return id !== "" && !id.includes("/") && id !== "." && id !== ".." && !/^__.*__$/.test(id);
}

export function jobsIn(db: Firestore): CollectionReference {
  return db.collection("videoJobs");
}

export function jobDocument(db: Firestore, jobId: string): DocumentReference {
  return documentIn(jobsIn(db), jobId);
}

/** The attempts of all jobs. */
export function attemptsIn(db: Firestore): CollectionGroup {
  return db.collectionGroup("attempts");
}

export function attemptDocument(db: Firestore, jobId: string, attempt: number): DocumentReference {
  return documentIn(jobDocument(db, jobId).collection("attempts"), String(attempt));
}

export function usersIn(db: Firestore): CollectionReference {
  return db.collection("users");
}

export function batchesIn(db: Firestore): CollectionReference {
  return db.collection("batches");
}

export function batchDocument(db: Firestore, batchId: string): DocumentReference {
  return documentIn(batchesIn(db), batchId);
}

export function userDocument(db: Firestore, uid: string): DocumentReference {
  return documentIn(usersIn(db), uid);
}

export function ledgerIn(db: Firestore, uid: string): CollectionReference {
  return userDocument(db, uid).collection("ledger");
}

export function ledgerDocument(db: Firestore, uid: string, entryId: string): DocumentReference {
  return documentIn(ledgerIn(db, uid), entryId);
}

export function inboxDocument(db: Firestore, uid: string, jobId: string): DocumentReference {
  return documentIn(userDocument(db, uid).collection("inbox"), jobId);
}

export function snapshotDocument(db: Firestore): DocumentReference {
  return db.collection("state").doc("snapshot");
}

export function shardDocuments(db: Firestore, count: number): DocumentReference[] {
  const shards = snapshotDocument(db).collection("shards");
  return Array.from({ length: count }, (_, index) => shards.doc(String(index)));
}

export function budgetDocument(db: Firestore, id: string): DocumentReference {
  return documentIn(db.collection("budgets"), id);
}

export function policiesIn(db: Firestore): CollectionReference {
  return db.collection("policies");
}

export function policyDocument(db: Firestore, version: number): DocumentReference {
  return policiesIn(db).doc(String(version));
}

export function auditIn(db: Firestore): CollectionReference {
  return db.collection("audit");
}

export function deliveryDocument(db: Firestore, id: string): DocumentReference {
  return documentIn(db.collection("webhookDeliveries"), id);
}

/** `doc()` reads slashes as a path, so an id with one would reach into another document. */
function documentIn(collection: CollectionReference, id: string): DocumentReference {
  if (!isDocumentId(id)) throw new Error(`"${id}" cannot be a document id`);
  return collection.doc(id);
}
