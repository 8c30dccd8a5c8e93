import { afterAll, describe, expect, it } from "@jest/globals";
import { deleteApp, initializeApp } from "firebase-admin/app";
import {
  CollectionGroup,
  type CollectionReference,
  type DocumentReference,
  getFirestore,
} from "firebase-admin/firestore";
import * as paths from "../../src/adapters/firebase/paths.js";
import { codeIn, readPage, tablesTitled } from "./markdown.js";

const app = initializeApp({ projectId: "demo-paths" }, "paths");
/** Makes references and asks nobody. */
const db = getFirestore(app);

afterAll(() => deleteApp(app));

type Reference = DocumentReference | CollectionReference | CollectionGroup;
type PathName = Exclude<keyof typeof paths, "isDocumentId">;

const references: Readonly<Record<PathName, Reference | readonly Reference[]>> = {
  jobsIn: paths.jobsIn(db),
  jobDocument: paths.jobDocument(db, "{jobId}"),
  attemptsIn: paths.attemptsIn(db),
  attemptsOf: paths.attemptsOf(db, "{jobId}"),
  attemptDocument: paths.attemptDocument(db, "{jobId}", 1),
  usersIn: paths.usersIn(db),
  userDocument: paths.userDocument(db, "{uid}"),
  ledgerIn: paths.ledgerIn(db, "{uid}"),
  ledgerDocument: paths.ledgerDocument(db, "{uid}", "{entryId}"),
  inboxIn: paths.inboxIn(db, "{uid}"),
  inboxDocument: paths.inboxDocument(db, "{uid}", "{jobId}"),
  batchesIn: paths.batchesIn(db),
  batchDocument: paths.batchDocument(db, "{batchId}"),
  snapshotDocument: paths.snapshotDocument(db),
  taskRunsDocument: paths.taskRunsDocument(db),
  shardDocuments: paths.shardDocuments(db, 1),
  budgetsIn: paths.budgetsIn(db),
  budgetDocument: paths.budgetDocument(db, "{day}:{scope}:{k}"),
  policiesIn: paths.policiesIn(db),
  policyDocument: paths.policyDocument(db, 1),
  auditIn: paths.auditIn(db),
  deliveriesIn: paths.deliveriesIn(db),
  deliveryDocument: paths.deliveryDocument(db, "{hash}"),
};

/** The collection that a path leads to: what stands for an id is left out. */
function collectionOf(path: string): string {
  return path
    .split("/")
    .filter((_, index) => index % 2 === 0)
    .join("/");
}

describe("the page about the data model", () => {
  it("lists every kind of document that the code has a path for, and no other", () => {
    const known = Object.values(references)
      .flat()
      .filter((reference) => !(reference instanceof CollectionGroup))
      .map((reference) => collectionOf((reference as DocumentReference | CollectionReference).path));
    const told = tablesTitled(readPage("data-model.md"), "path").flatMap(({ rows }) =>
      rows.map(([first]) => collectionOf(codeIn(first)[0] ?? "")),
    );
    expect([...new Set(told)].sort()).toEqual([...new Set(known)].sort());
  });

  it("is compared with every path of the code", () => {
    const functions = Object.keys(paths).filter((name) => name !== "isDocumentId");
    expect(Object.keys(references).sort()).toEqual(functions.sort());
  });
});
