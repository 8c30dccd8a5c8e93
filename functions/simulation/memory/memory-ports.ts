import type { Policy } from "../../src/domain/policy/policy.js";
import { createWebhookAccess } from "../../src/domain/provider/webhook-access.js";
import { memoryBatchStore } from "./memory-batch-store.js";
import { memoryCreditStore, memoryDatabase } from "./memory-database.js";
import { memoryHealthStore } from "./memory-health-store.js";
import { memoryJobStore } from "./memory-job-store.js";
import { memoryMediaStore } from "./memory-media-store.js";
import { memoryAuditLog, memoryDeliveryStore, memoryLogger, memoryNotifier } from "./memory-recorders.js";
import { memoryTaskQueue } from "./memory-task-queue.js";

export interface MemoryOptions {
  readonly now: () => number;
  readonly welcomeCredits?: number;
  /** Absent: the default policy. */
  readonly policy?: Policy;
}

/** What stands in for Firestore: all stores over one set of documents. */
export function memoryStores({ now, welcomeCredits = 0, policy }: MemoryOptions) {
  const database = memoryDatabase({ welcomeCredits });
  const stores = {
    jobs: memoryJobStore(database),
    batches: memoryBatchStore(database),
    credits: memoryCreditStore(database),
    health: memoryHealthStore(policy === undefined ? { now } : { now, policy }),
    notifier: memoryNotifier(),
    audit: memoryAuditLog(),
    deliveries: memoryDeliveryStore(),
  };
  return { database, stores };
}

/** Every port that has an adapter in memory. Spread into `Deps`; what differs is written after it. */
export function memoryPorts(options: MemoryOptions) {
  const { database, stores } = memoryStores(options);
  const ports = { ...stores, queue: memoryTaskQueue(), media: memoryMediaStore(), log: memoryLogger() };
  return { database, ports };
}

/** Vendors are told of no address: polls alone carry every job. */
export const noWebhooks = createWebhookAccess({
  baseUrl: "https://functions.example.test",
  secrets: [],
  signingSecrets: new Map(),
  outOfReach: new Set(),
});
