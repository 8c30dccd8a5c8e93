import { createDownloads } from "../../adapters/media/downloads.js";
import { createInspector } from "../../adapters/media/inspector.js";
import { memoryAuditLog } from "../../adapters/memory/memory-audit-log.js";
import { memoryBatchStore } from "../../adapters/memory/memory-batch-store.js";
import { memoryCreditStore } from "../../adapters/memory/memory-credit-store.js";
import { memoryDatabase } from "../../adapters/memory/memory-database.js";
import { memoryDeliveryStore } from "../../adapters/memory/memory-delivery-store.js";
import { memoryHealthStore } from "../../adapters/memory/memory-health-store.js";
import { memoryJobStore } from "../../adapters/memory/memory-job-store.js";
import { memoryLogger } from "../../adapters/memory/memory-logger.js";
import { memoryMediaStore } from "../../adapters/memory/memory-media-store.js";
import { memoryNotifier } from "../../adapters/memory/memory-notifier.js";
import { type MemoryTaskQueue, memoryTaskQueue } from "../../adapters/memory/memory-task-queue.js";
import { createWebhookAccess } from "../../domain/provider/webhook-access.js";
import type { Deps } from "../../engine/deps.js";
import { buildCatalogue } from "../../providers/index.js";
import { createHttpClient } from "../../providers/shared/http.js";
import type { Vendor } from "../../providers/shared/vendor.js";

export interface Installation {
  readonly deps: Deps;
  readonly queue: MemoryTaskQueue;
}

/** The engine with one vendor at the end of a real line; everything else is in this process. */
export function createInstallation(
  vendor: Vendor,
  server: { readonly origin: string; readonly apiKey: string },
  now: () => number,
): Installation {
  const settings = Object.entries(vendor.settings).map(([name, setting]) => [name, setting.default]);
  const provider = vendor.create({
    apiKey: server.apiKey,
    baseUrl: server.origin,
    settings: Object.fromEntries(settings),
    http: createHttpClient({ minRetryDelayMs: 1 }),
    now,
  });
  const database = memoryDatabase({ welcomeCredits: 1_000 });
  const queue = memoryTaskQueue();
  const media = memoryMediaStore();
  let requests = 0;
  const deps: Deps = {
    catalogue: buildCatalogue([vendor], new Set([vendor.id])),
    providers: new Map([[vendor.id, provider]]),
    jobs: memoryJobStore(database),
    batches: memoryBatchStore(database),
    credits: memoryCreditStore(database),
    health: memoryHealthStore({ now }),
    queue,
    media,
    inspector: createInspector(media),
    downloads: createDownloads({ loopbackHosts: [] }),
    converter: null,
    notifier: memoryNotifier(),
    deliveries: memoryDeliveryStore(),
    webhooks: createWebhookAccess({
      baseUrl: "https://functions.example.test",
      secrets: [],
      signingSecrets: new Map(),
      outOfReach: new Set(),
    }),
    audit: memoryAuditLog(),
    log: memoryLogger(),
    now,
    newId: () => `request-${++requests}`,
  };
  return { deps, queue };
}
