import { type DocumentData, FieldPath, type Query } from "firebase-admin/firestore";
import { isDocumentId } from "../../domain/uid.js";
import type { ListFilter } from "../../engine/ports/job-store.js";
import { fromPageToken } from "../shared/page-token.js";

/**
 * A page of documents by creation, newest first, behind the page that the token is of; one more than is asked
 * for, as `toPage` expects. The id keeps those of one millisecond apart.
 */
export function newestFirst<Document extends DocumentData>(
  query: Query<Document>,
  { limit, pageToken }: Pick<ListFilter, "limit" | "pageToken">,
): Query<Document> {
  const ordered = query.orderBy("createdAt", "desc").orderBy(FieldPath.documentId(), "desc");
  const after = pageToken === undefined ? null : fromPageToken(pageToken);
  const rest =
    after !== null && isDocumentId(after.id) ? ordered.startAfter(after.createdAt, after.id) : ordered;
  return rest.limit(limit + 1);
}
