import { afterAll, describe, expect, it, jest } from "@jest/globals";
import { memoryCreditStore, memoryDatabase } from "../../simulation/memory/memory-database.js";
import { memoryJobStore } from "../../simulation/memory/memory-job-store.js";
import { memoryLogger } from "../../simulation/memory/memory-ports.js";
import { firebaseBatchStore } from "../../src/adapters/firebase/batch-store.js";
import { firebaseCreditStore } from "../../src/adapters/firebase/credit-store.js";
import { firebaseDeliveryStore } from "../../src/adapters/firebase/delivery-store.js";
import { firebaseJobStore } from "../../src/adapters/firebase/job-store.js";
import { firebasePersonStore } from "../../src/adapters/firebase/person-store.js";
import { firebaseSnapshotStores } from "../../src/adapters/firebase/snapshot-stores.js";
import { firebaseTaskRuns } from "../../src/adapters/firebase/task-runs.js";
import { describeBatchStoreContract } from "./batch-store.contract.js";
import { describeCreditStoreContract } from "./credit-store.contract.js";
import { describeDeliveryStoreContract } from "./delivery-store.contract.js";
import { describeDifferential } from "./differential.contract.js";
import { describeDocuments } from "./documents.contract.js";
import { openFirestoreBench } from "./fixtures/firestore-bench.js";
import { describeHealthStoreContract } from "./health-store.contract.js";
import { describeJobListsContract } from "./job-lists.contract.js";
import { describeJobStoreContract } from "./job-store.contract.js";
import { describePersonStoreContract } from "./person-store.contract.js";
import { describePolicyStoreContract } from "./policy-store.contract.js";
import { describeTaskRunsContract } from "./task-runs.contract.js";

// Writers that meet wait for each other, and the emulator shares this machine with the tests.
jest.setTimeout(120_000);

const bench = await openFirestoreBench("demo-contract");

if (typeof bench === "string") {
  process.stderr.write(`skipped the Firestore contracts: ${bench}\n`);
  describe.skip("the Firestore contracts", () => {
    it("need an emulator", () => undefined);
  });
} else {
  const { db, clear } = bench;
  afterAll(() => bench.close());

  async function openStores({ welcomeCredits }: { welcomeCredits: number }) {
    await clear();
    const log = memoryLogger();
    return {
      jobs: firebaseJobStore(db, { welcomeCredits, log }),
      batches: firebaseBatchStore(db, { welcomeCredits }),
      credits: firebaseCreditStore(db, { welcomeCredits }),
      persons: firebasePersonStore(db),
    };
  }

  describeJobStoreContract("Firestore", openStores);
  describeJobListsContract("Firestore", openStores);
  describeBatchStoreContract("Firestore", openStores);
  describeCreditStoreContract("Firestore", openStores);
  describePersonStoreContract("Firestore", openStores);

  async function openSnapshotStores(now: () => number) {
    await clear();
    return firebaseSnapshotStores(db, { now, log: memoryLogger() });
  }

  describeHealthStoreContract("Firestore", openSnapshotStores);
  describePolicyStoreContract("Firestore", openSnapshotStores);
  describeDeliveryStoreContract("Firestore", async () => {
    await clear();
    return firebaseDeliveryStore(db);
  });
  describeTaskRunsContract("Firestore", async (now) => {
    await clear();
    return firebaseTaskRuns(db, now);
  });
  describe("task runs of many instances", () => {
    it("are written once in a while, whoever notes them", async () => {
      await clear();
      let now = Date.UTC(2026, 10, 21, 12);
      const instances = Array.from({ length: 4 }, () => firebaseTaskRuns(db, () => now));
      const commits = jest.spyOn(Object.getPrototypeOf(db.batch()), "commit");
      try {
        for (let round = 0; round < 10; round += 1) {
          for (const runs of instances) await runs.note("poll");
          now += 1_000;
        }
        expect(commits).toHaveBeenCalledTimes(1);
        now += 20_000;
        for (const runs of instances) await runs.note("poll");
        expect(commits).toHaveBeenCalledTimes(2);
      } finally {
        commits.mockRestore();
      }
    });
  });
  describeDifferential(async () => {
    const database = memoryDatabase();
    return {
      one: await openStores({ welcomeCredits: 0 }),
      other: { jobs: memoryJobStore(database), credits: memoryCreditStore(database) },
    };
  });
  describeDocuments(bench);
}
