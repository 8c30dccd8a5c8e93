import {
  memoryDeliveryStore,
  memoryMediaStore,
  memoryStores,
  memoryTaskRuns,
} from "../../simulation/memory/memory-ports.js";
import { memorySnapshotStores } from "../../simulation/memory/memory-snapshot-stores.js";
import { describeBatchStoreContract } from "./batch-store.contract.js";
import { describeBudgetsContract } from "./budgets.contract.js";
import { describeCreditStoreContract } from "./credit-store.contract.js";
import { describeDeliveryStoreContract } from "./delivery-store.contract.js";
import { describeHealthStoreContract } from "./health-store.contract.js";
import { describeJobListsContract } from "./job-lists.contract.js";
import { describeJobStoreContract } from "./job-store.contract.js";
import { describeMediaStoreContract } from "./media-store.contract.js";
import { describeMoneyRecordsContract } from "./money-records.contract.js";
import { describePersonStoreContract } from "./person-store.contract.js";
import { describePolicyStoreContract } from "./policy-store.contract.js";
import { describeTaskRunsContract } from "./task-runs.contract.js";

async function openStores(options: { welcomeCredits: number }) {
  return memoryStores({ now: Date.now, ...options }).stores;
}

describeJobStoreContract("memory", openStores);
describeJobListsContract("memory", openStores);
describeBatchStoreContract("memory", openStores);
describeCreditStoreContract("memory", openStores);
describePersonStoreContract("memory", openStores);
describeBudgetsContract("memory", openStores);
describeMoneyRecordsContract("memory", openStores);
describeHealthStoreContract("memory", async (now) => memorySnapshotStores({ now }));
describePolicyStoreContract("memory", async (now) => memorySnapshotStores({ now }));
describeDeliveryStoreContract("memory", async () => memoryDeliveryStore());
describeTaskRunsContract("memory", async (now) => memoryTaskRuns(now));
describeMediaStoreContract("memory", async () => memoryMediaStore());
