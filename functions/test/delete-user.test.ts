import { afterAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { CollectionReference, Firestore } from "firebase-admin/firestore";
import { firebaseAuditLog } from "../src/adapters/firebase/audit-log.js";
import { firebaseNotifier } from "../src/adapters/firebase/notifier.js";
import { statementProblems } from "../src/domain/accounting/credits.js";
import { uidAsDocumentId } from "../src/domain/uid.js";
import { describePerson } from "../src/engine/admin/delete-user.js";
import { submitJob } from "../src/engine/job/submit.js";
import { requestDeletion } from "../src/engine/person/request-deletion.js";
import { openFirestoreBench } from "./contract/fixtures/firestore-bench.js";
import { cappedPrices, livedInWorld } from "./engine/lived-in.js";
import { caller, createWorld, type World } from "./engine/world.js";
import { firestoreAdapters } from "./protocol/places.js";

jest.setTimeout(120_000);

const { uid } = caller;
const emulator = await openFirestoreBench("demo-delete-user");
const onEmulator = typeof emulator === "string" ? describe.skip : describe;

afterAll(async () => {
  if (typeof emulator !== "string") await emulator.close();
});

/** Every document by its path, also those that only have others below them. */
async function allDocuments(db: Firestore): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  async function visit(collections: readonly CollectionReference[]): Promise<void> {
    for (const collection of collections) {
      for (const document of await collection.listDocuments()) {
        found.set(document.path, (await document.get()).data() ?? null);
        await visit(await document.listCollections());
      }
    }
  }
  await visit(await db.listCollections());
  return found;
}

/** Nothing is left that a later step could remove: the mark on the account goes last. */
async function untilDeleted(world: World): Promise<void> {
  for (let minutes = 0; (await world.deps.persons.deletion(uid)) !== null; minutes += 10) {
    if (minutes >= 180) throw new Error("the deletion does not end");
    await world.run(600);
  }
}

onEmulator("the deletion of a user in Firestore", () => {
  const { db, clear } = emulator as Exclude<typeof emulator, string>;
  const adapters = (now: () => number) => ({
    ...firestoreAdapters(db, 1_000)(now),
    notifier: firebaseNotifier(db),
    audit: firebaseAuditLog(db),
  });

  beforeEach(() => clear());

  it("leaves nothing that names the person in any collection, also in those of others", async () => {
    const { world, ids } = await livedInWorld({ adapters });
    await db.doc(`users/${uid}/devices/phone`).set({ token: `push token of ${uid}` });
    await db
      .doc("videoJobs/0123456789abcdef01234567")
      .set({ uid, version: 1, attemptCount: 0, commitId: "c" });
    const before = await world.deps.credits.account(uid);
    const { documents } = await describePerson(world.deps, uid);
    expect(documents).toMatchObject({ batches: 2, inboxMessages: 4, webhookDeliveries: 1, auditLines: 4 });
    expect(documents.attempts).toBeGreaterThan(5);

    const { pseudonym } = await requestDeletion(world.deps, uid, "owner");
    await expect(world.submit()).rejects.toMatchObject({ code: "being_deleted" });
    await untilDeleted(world);

    const everything = JSON.stringify([...(await allDocuments(db))]);
    for (const trace of [uid, ...ids, "0123456789abcdef01234567"]) expect(everything).not.toContain(trace);
    expect(everything).toContain("bob");
    expect(await world.deps.media.list("videos/owner-1/", 10, null)).toEqual([]);
    expect(await world.deps.media.list("images/owner-1/", 10, null)).toEqual([]);
    expect(await world.deps.credits.account(pseudonym)).toMatchObject({ granted: before.granted, held: 0 });
    const statements = await world.deps.credits.statements(10, null);
    expect(statements.flatMap(statementProblems)).toEqual([]);
  });

  it.each(["a/b", "__x__", "~YQ"])("works for the uid %j", async (strange) => {
    const world = createWorld({ policy: cappedPrices, adapters });
    await submitJob(world.deps, { uid: strange, tier: "free" }, { kind: "text", prompt: "A kite" });
    await world.run(300);
    await requestDeletion(world.deps, strange, "owner");
    await world.run(2 * 3_600);
    const paths = [...(await allDocuments(db)).keys()];
    expect(paths.filter((path) => path.startsWith(`users/${uidAsDocumentId(strange)}`))).toEqual([]);
    expect(paths.filter((path) => /^(videoJobs|batches|budgets\/.*user)/.test(path))).toEqual([]);
    expect(paths.filter((path) => path.startsWith("users/deleted-")).length).toBeGreaterThan(1);
  });
});
