import { memoryBatchStore } from "../memory/memory-batch-store.js";
import { memoryCreditStore } from "../memory/memory-credit-store.js";
import { memoryDatabase } from "../memory/memory-database.js";
import { memoryDeliveryStore } from "../memory/memory-delivery-store.js";
import { memoryHealthStore } from "../memory/memory-health-store.js";
import { memoryJobStore } from "../memory/memory-job-store.js";
import { memoryMediaStore } from "../memory/memory-media-store.js";
import { describeBatchStoreContract } from "./batch-store.contract.js";
import { describeBudgetsContract } from "./budgets.contract.js";
import { describeCreditStoreContract } from "./credit-store.contract.js";
import { describeDeliveryStoreContract } from "./delivery-store.contract.js";
import { describeHealthStoreContract } from "./health-store.contract.js";
import { describeJobListsContract } from "./job-lists.contract.js";
import { describeJobStoreContract } from "./job-store.contract.js";
import { describeMediaStoreContract } from "./media-store.contract.js";
import { describeMoneyRecordsContract } from "./money-records.contract.js";
import { describePolicyStoreContract } from "./policy-store.contract.js";

async function openStores(options: { welcomeCredits: number }) {
  const database = memoryDatabase(options);
  return {
    jobs: memoryJobStore(database),
    batches: memoryBatchStore(database),
    credits: memoryCreditStore(database),
  };
}

describeJobStoreContract("memory", openStores);
describeJobListsContract("memory", openStores);
describeBatchStoreContract("memory", openStores);
describeCreditStoreContract("memory", openStores);
describeBudgetsContract("memory", openStores);
describeMoneyRecordsContract("memory", openStores);
describeHealthStoreContract("memory", async (now) => memoryHealthStore({ now }));
describePolicyStoreContract("memory", async (now) => memoryHealthStore({ now }));
describeDeliveryStoreContract("memory", async () => memoryDeliveryStore());
describeMediaStoreContract("memory", async () => memoryMediaStore());
