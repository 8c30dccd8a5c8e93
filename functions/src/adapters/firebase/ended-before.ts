import { type CollectionReference, type DocumentData, FieldPath, type Query } from "firebase-admin/firestore";
import type { EndedCursor } from "../../engine/ports/job-store.js";

/** Documents that ended before a time, oldest first; the id keeps those of one millisecond apart. */
export function endedBefore<Document extends DocumentData>(
  collection: CollectionReference<Document>,
  before: number,
  after: EndedCursor | null,
): Query<Document> {
  const oldestFirst = collection
    .where("endedAt", "<", before)
    .orderBy("endedAt")
    .orderBy(FieldPath.documentId());
  return after === null ? oldestFirst : oldestFirst.startAfter(after.endedAt, after.id);
}
