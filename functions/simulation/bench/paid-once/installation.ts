import { createDownloads } from "../../../src/adapters/media/downloads.js";
import { createInspector } from "../../../src/adapters/media/inspector.js";
import { createWebhookAccess } from "../../../src/adapters/shared/webhook-access.js";
import type { Deps } from "../../../src/engine/deps.js";
import { buildCatalogue } from "../../../src/providers/index.js";
import { createHttpClient } from "../../../src/providers/shared/http.js";
import type { Vendor } from "../../../src/providers/shared/vendor.js";
import { memoryPorts } from "../../memory/memory-ports.js";
import type { MemoryTaskQueue } from "../../memory/memory-task-queue.js";

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
  const { ports } = memoryPorts({ now, welcomeCredits: 1_000 });
  let requests = 0;
  const deps: Deps = {
    catalogue: buildCatalogue([vendor], new Set([vendor.id])),
    providers: new Map([[vendor.id, provider]]),
    ...ports,
    inspector: createInspector(ports.media),
    downloads: createDownloads({ loopbackHosts: [] }),
    converter: null,
    webhooks: createWebhookAccess({
      baseUrl: "https://functions.example.test",
      secrets: [],
      signingSecrets: new Map(),
      outOfReach: new Set(),
    }),
    now,
    newId: () => `request-${++requests}`,
  };
  return { deps, queue: ports.queue };
}
