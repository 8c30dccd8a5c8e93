import { afterAll, describe, it } from "@jest/globals";
import { firebaseCreditStore } from "../firebase/credit-store.js";
import { firebaseHealthStore } from "../firebase/health-store.js";
import { firebaseJobStore } from "../firebase/job-store.js";
import { memoryLogger } from "../memory/memory-logger.js";
import { openFirestoreBench } from "./__fixtures__/firestore-bench.js";
import { describeCreditStoreContract } from "./credit-store.contract.js";
import { describeHealthStoreContract } from "./health-store.contract.js";
import { describeJobStoreContract } from "./job-store.contract.js";

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
      credits: firebaseCreditStore(db, { welcomeCredits }),
    };
  }

  describeJobStoreContract("Firestore", openStores);
  describeCreditStoreContract("Firestore", openStores);
  describeHealthStoreContract("Firestore", async (now) => {
    await clear();
    return firebaseHealthStore(db, { now, log: memoryLogger() });
  });
}
