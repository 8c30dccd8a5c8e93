import { memoryCreditStore } from "../memory/memory-credit-store.js";
import { memoryDatabase } from "../memory/memory-database.js";
import { memoryHealthStore } from "../memory/memory-health-store.js";
import { memoryJobStore } from "../memory/memory-job-store.js";
import { memoryMediaStore } from "../memory/memory-media-store.js";
import { describeCreditStoreContract } from "./credit-store.contract.js";
import { describeHealthStoreContract } from "./health-store.contract.js";
import { describeJobListsContract } from "./job-lists.contract.js";
import { describeJobStoreContract } from "./job-store.contract.js";
import { describeMediaStoreContract } from "./media-store.contract.js";

async function openStores(options: { welcomeCredits: number }) {
  const database = memoryDatabase(options);
  return { jobs: memoryJobStore(database), credits: memoryCreditStore(database) };
}

describeJobStoreContract("memory", openStores);
describeJobListsContract("memory", openStores);
describeCreditStoreContract("memory", openStores);
describeHealthStoreContract("memory", async (now) => memoryHealthStore({ now }));
describeMediaStoreContract("memory", async () => memoryMediaStore());
