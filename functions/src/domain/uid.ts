/** Kept as it is in a file's path: one segment that no reader takes for anything else. */
const plainSegment = /^[A-Za-z0-9_-][A-Za-z0-9_.@:-]*$/;
/** What an encoded user id begins with. One that begins so itself is encoded as well. */
const mark = "~";

/**
 * A user id as one segment of a file's path. Identity providers may choose any text: slashes and dots
 * would lead into another's folder. Different ids give different segments.
 */
export function uidAsSegment(uid: string): string {
  return plainSegment.test(uid) ? uid : encoded(uid);
}

/** Ids that Firestore takes and that name one document: no path of their own, no reserved name. */
export function isDocumentId(id: string): boolean {
  return id !== "" && !id.includes("/") && id !== "." && id !== ".." && !/^__.*__$/s.test(id);
}

/** A user id, or what is named after one, as the id of a document. */
export function uidAsDocumentId(uid: string): string {
  return isDocumentId(uid) && isWellFormed(uid) && !uid.startsWith(mark) ? uid : encoded(uid);
}

export function uidOfDocument(documentId: string): string {
  if (!documentId.startsWith(mark)) return documentId;
  return Buffer.from(documentId.slice(mark.length), "base64url").toString("utf16le");
}

/** Half a surrogate pair is stored as another character. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

/** Of the code units, so that also texts that are no proper Unicode stay apart. */
function encoded(uid: string): string {
  return `${mark}${Buffer.from(uid, "utf16le").toString("base64url")}`;
}
