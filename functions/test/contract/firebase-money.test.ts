import { afterAll, describe, it, jest } from "@jest/globals";
import { memoryLogger } from "../../simulation/memory/memory-ports.js";
import { firebaseCreditStore } from "../../src/adapters/firebase/credit-store.js";
import { firebaseJobStore } from "../../src/adapters/firebase/job-store.js";
import { describeBudgetsContract } from "./budgets.contract.js";
import { openFirestoreBench } from "./fixtures/firestore-bench.js";
import { describeMoneyRecordsContract } from "./money-records.contract.js";

// Writers that meet wait for each other, and the emulator shares this machine with the tests.
jest.setTimeout(120_000);

const bench = await openFirestoreBench("demo-money");

if (typeof bench === "string") {
  process.stderr.write(`skipped the Firestore contracts of money: ${bench}\n`);
  describe.skip("the Firestore contracts of money", () => {
    it("need an emulator", () => undefined);
  });
} else {
  const { db, clear } = bench;
  afterAll(() => bench.close());

  async function openStores({ welcomeCredits }: { welcomeCredits: number }) {
    await clear();
    return {
      jobs: firebaseJobStore(db, { welcomeCredits, log: memoryLogger() }),
      credits: firebaseCreditStore(db, { welcomeCredits }),
    };
  }

  describeBudgetsContract("Firestore", openStores);
  describeMoneyRecordsContract("Firestore", openStores);
}
