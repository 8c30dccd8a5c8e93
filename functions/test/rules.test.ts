import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  assertFails,
  assertSucceeds,
  initializeTestEnvironment,
  type RulesTestEnvironment,
} from "@firebase/rules-unit-testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { setLogLevel } from "firebase/firestore";
import { type FirestoreStart, startFirestoreEmulator } from "../simulation/cloud/firestore-emulator.js";
import { uidAsDocumentId } from "../src/domain/uid.js";

const rulesFile = fileURLToPath(new URL("../../firestore.rules", import.meta.url));

/** One document of every kind; all that has an owner belongs to ada. */
const documents = {
  "videoJobs/job1": { uid: "ada", status: "queued", isPart: false },
  "videoJobs/part1": { uid: "ada", status: "completed", isPart: true },
  "videoJobs/job1/attempts/1": { operation: { videoId: "v1" } },
  "batches/batch1": { uid: "ada", status: "running" },
  "users/ada": { credits: { balance: 5 } },
  // The account of a/b, whose id is no name of a document.
  "users/~YQAvAGIA": { credits: { balance: 7 } },
  "users/~YQAvAGIA/ledger/job1:hold": { credits: 7 },
  "users/ada/ledger/job1:hold": { credits: 5 },
  "users/ada/inbox/job1": { status: "completed" },
  "state/snapshot": { health: {} },
  "policies/1": { policy: { version: 1 }, author: "root" },
  "webhookDeliveries/d1": { provider: "runware", outcome: "followed" },
  "budgets/2026-11-21:user:ada:0": { usdMicros: 250_000 },
  "audit/line1": { actor: "root", action: "policy.published" },
} as const;
const own = Object.keys(documents).filter(
  (path) => !/attempts|part|state|policies|budgets|audit|webhook|~/.test(path),
);

let start: FirestoreStart;
let rules: RulesTestEnvironment;

beforeAll(async () => {
  start = await startFirestoreEmulator({ rulesFile });
  if (start.status === "unavailable") {
    process.stderr.write(`rules are not tested: ${start.reason}\n`);
    return;
  }
  // Every refusal below would be printed as a warning.
  setLogLevel("silent");
  const { host, port } = start.emulator;
  const firestore = { host, port, rules: readFileSync(rulesFile, "utf8") };
  rules = await initializeTestEnvironment({ projectId: "demo-rules", firestore });
  await rules.withSecurityRulesDisabled(async (context) => {
    for (const [path, data] of Object.entries(documents)) await context.firestore().doc(path).set(data);
  });
}, 180_000);

afterAll(async () => {
  await rules?.cleanup();
  if (start.status === "running") await start.emulator.stop();
});

const users = {
  ada: () => rules.authenticatedContext("ada").firestore(),
  bob: () => rules.authenticatedContext("bob").firestore(),
  pretender: () => rules.authenticatedContext("eve", { admin: "true" }).firestore(),
  admin: () => rules.authenticatedContext("root", { admin: true }).firestore(),
  nobody: () => rules.unauthenticatedContext().firestore(),
};

/** A test that needs the emulator; without one it has been said why, and it passes. */
function rule(name: string, test: () => Promise<void>): void {
  it(name, async () => {
    if (start.status === "running") await test();
  });
}

describe("the Storage rules", () => {
  it("let nobody read or write the bucket: files are reached by the links of getVideoUrl", () => {
    const text = readFileSync(fileURLToPath(new URL("../../storage.rules", import.meta.url)), "utf8");
    const allowed = text.match(/\ballow\b[^;]*;/g);
    expect(allowed).toEqual(["allow read, write: if false;"]);
    expect(text).toContain("match /{path=**}");
  });
});

describe("the Firestore rules", () => {
  rule("let an owner read what is the owner's, and nothing else", async () => {
    for (const path of Object.keys(documents)) {
      const read = users.ada().doc(path).get();
      await (own.includes(path) ? assertSucceeds(read) : assertFails(read));
    }
  });

  rule("let nobody else read anything", async () => {
    for (const database of [users.bob(), users.pretender(), users.nobody()]) {
      for (const path of Object.keys(documents)) await assertFails(database.doc(path).get());
    }
  });

  rule("let an administrator read everything, attempts of all jobs included", async () => {
    for (const path of Object.keys(documents)) await assertSucceeds(users.admin().doc(path).get());
    const attempts = await users.admin().collectionGroup("attempts").get();
    expect(attempts.size).toBe(1);
  });

  rule("let nobody write, change or delete, whatever it is and whoever asks", async () => {
    for (const database of [users.ada(), users.bob(), users.admin(), users.nobody()]) {
      for (const path of Object.keys(documents)) {
        await assertFails(database.doc(path).set({ uid: "ada", credits: 1_000 }));
        await assertFails(database.doc(path).update({ status: "completed" }));
        await assertFails(database.doc(path).delete());
      }
      await assertFails(database.collection("videoJobs").add({ uid: "ada" }));
      await assertFails(database.doc("anything/else").set({ uid: "ada" }));
    }
  });

  rule("let an owner list own jobs, but no list that could hold another's", async () => {
    const jobs = users.ada().collection("videoJobs");
    const mine = jobs.where("uid", "==", "ada");
    const listed = await assertSucceeds(mine.where("isPart", "==", false).get());
    expect(listed.size).toBe(1);
    await assertFails(jobs.get());
    await assertFails(jobs.where("uid", "==", "bob").get());
    await assertFails(jobs.where("status", "==", "queued").get());
    await assertFails(users.nobody().collection("videoJobs").where("uid", "==", "ada").get());
  });

  rule("show no part of a job to its owner, by its id or in a list", async () => {
    const jobs = users.ada().collection("videoJobs");
    const mine = jobs.where("uid", "==", "ada");
    await assertFails(jobs.doc("part1").get());
    await assertFails(mine.get());
    await assertFails(mine.where("isPart", "==", true).get());
    await assertFails(mine.where("status", "==", "completed").get());
    const asked = ["job1", "part1"].map((id) => users.admin().collection("videoJobs").doc(id).get());
    for (const read of asked) await assertSucceeds(read);
  });

  rule("let an owner list own batches, but no list that could hold another's", async () => {
    const batches = users.ada().collection("batches");
    const listed = await assertSucceeds(batches.where("uid", "==", "ada").get());
    expect(listed.size).toBe(1);
    await assertFails(batches.get());
    await assertFails(users.bob().collection("batches").where("uid", "==", "ada").get());
  });

  rule("let an owner list own ledger lines and messages", async () => {
    for (const name of ["ledger", "inbox"]) {
      await assertSucceeds(users.ada().collection(`users/ada/${name}`).get());
      await assertFails(users.bob().collection(`users/ada/${name}`).get());
    }
  });

  rule("keep attempts from an owner, also when all attempts of all jobs are asked for", async () => {
    await assertFails(users.ada().collection("videoJobs/job1/attempts").get());
    await assertFails(users.ada().collectionGroup("attempts").get());
    await assertFails(users.ada().collectionGroup("ledger").get());
  });

  rule(
    "let nobody read the account of an id that is encoded, also not who bears its name as an id",
    async () => {
      const name = uidAsDocumentId("a/b");
      expect(name).toBe("~YQAvAGIA");
      for (const uid of [name, "a/b", "ada"]) {
        const database = rules.authenticatedContext(uid).firestore();
        for (const path of [`users/${name}`, `users/${name}/ledger/job1:hold`])
          await assertFails(database.doc(path).get());
      }
    },
  );

  rule("say no, rather than nothing, about a job that does not exist", async () => {
    await assertFails(users.ada().doc("videoJobs/absent").get());
  });
});
