/** Ids that Firestore takes and that name one document: no path of their own, no reserved name. */
export function isDocumentId(id) {
    return id !== "" && !id.includes("/") && id !== "." && id !== ".." && !/^__.*__$/.test(id);
}
export function jobsIn(db) {
    return db.collection("videoJobs");
}
export function jobDocument(db, jobId) {
    return documentIn(jobsIn(db), jobId);
}
export function attemptDocument(db, jobId, attempt) {
    return documentIn(jobDocument(db, jobId).collection("attempts"), String(attempt));
}
export function userDocument(db, uid) {
    return documentIn(db.collection("users"), uid);
}
export function ledgerIn(db, uid) {
    return userDocument(db, uid).collection("ledger");
}
export function ledgerDocument(db, uid, entryId) {
    return documentIn(ledgerIn(db, uid), entryId);
}
export function inboxDocument(db, uid, jobId) {
    return documentIn(userDocument(db, uid).collection("inbox"), jobId);
}
export function snapshotDocument(db) {
    return db.collection("state").doc("snapshot");
}
export function shardDocuments(db, count) {
    const shards = snapshotDocument(db).collection("shards");
    return Array.from({ length: count }, (_, index) => shards.doc(String(index)));
}
export function policyDocument(db, version) {
    return db.collection("policies").doc(String(version));
}
/** `doc()` reads slashes as a path, so an id with one would reach into another document. */
function documentIn(collection, id) {
    if (!isDocumentId(id))
        throw new Error(`"${id}" cannot be a document id`);
    return collection.doc(id);
}
//# sourceMappingURL=paths.js.map