import {
  describedDownloads,
  describedFileUrl,
  describedInspector,
} from "../../simulation/kit/described-files.js";
import { createVendorClient, simulatedTransport } from "../../simulation/kit/transport.js";
import type { MemoryDatabase } from "../../simulation/memory/memory-database.js";
import {
  type MemoryAuditLog,
  type MemoryDeliveryStore,
  type MemoryLogger,
  type MemoryNotifier,
  type MemoryTaskQueue,
  memoryPorts,
} from "../../simulation/memory/memory-ports.js";
import { simulationOf } from "../../simulation/vendors/index.js";
import { copiesOf, FaultPlan, parseFault, type WebhookCopy } from "../../simulation/vendors/shared/faults.js";
import type { PaidStart, Simulator } from "../../simulation/vendors/shared/simulator.js";
import { createWebhookAccess } from "../../src/adapters/shared/webhook-access.js";
import { plainPrices } from "../../src/domain/__fixtures__/policies.js";
import { fraction } from "../../src/domain/hash.js";
import type { Job } from "../../src/domain/job/job.js";
import type { Policy } from "../../src/domain/policy/policy.js";
import type { VideoProvider } from "../../src/domain/provider/provider.js";
import type { Deps } from "../../src/engine/deps.js";
import { submitJob } from "../../src/engine/job/submit.js";
import type { Converter } from "../../src/engine/ports/converter.js";
import type { DownloadError } from "../../src/engine/ports/downloads.js";
import type { MediaStore } from "../../src/engine/ports/media-store.js";
import { runTask } from "../../src/engine/run-task.js";
import { storeOverdue } from "../../src/engine/upkeep/store-overdue.js";
import { sweep } from "../../src/engine/upkeep/sweep.js";
import { buildCatalogue, vendors } from "../../src/providers/index.js";
import type { Vendor } from "../../src/providers/shared/vendor.js";

const vendorIds = vendors.map((vendor) => vendor.id);

/** The key that must never be seen anywhere but in requests to vendors. */
export const canaryKey = "canary-key-51b8";
export const webhookSecret = "webhook-secret-9d04";
export const caller = { uid: "owner-1", tier: "free" };

/** A whole installation in this process: real engine, providers and simulators, a clock moved by hand. */
export interface World {
  readonly deps: Deps;
  readonly database: MemoryDatabase;
  readonly queue: MemoryTaskQueue;
  readonly notifier: MemoryNotifier;
  readonly audit: MemoryAuditLog;
  readonly deliveries: MemoryDeliveryStore;
  /** What vendors sign with, by vendor; empty until a test registers an endpoint. */
  readonly signingSecrets: Map<string, readonly string[]>;
  readonly log: MemoryLogger;
  /** Errors of the next downloads, first in first out. */
  readonly downloadErrors: DownloadError[];
  now(): number;
  advance(seconds: number): void;
  /** Injects a fault from now on, for example `runway:down*2`. */
  fault(text: string): void;
  /** Vendors that are cut off: nothing sent to them arrives. */
  readonly unplugged: Set<string>;
  /** Submits a request of the caller, or throws what a client would be told. */
  submit(changes?: Record<string, unknown>): Promise<Job>;
  job(jobId: string): Promise<Job>;
  /** Runs the tasks that are due now. */
  runDue(deps?: Deps): Promise<void>;
  /** Moves the clock from task to task, with the sweeper every minute, for at most this long. */
  run(seconds: number): Promise<void>;
  /** Loses every task that is queued. */
  loseTasks(): void;
  /** What providers bill, after their own de-duplication. */
  paidStarts(vendor?: string): readonly PaidStart[];
  /** What vendors have sent since the last call, with the faults of the way. Nobody delivers it. */
  takeWebhooks(): readonly WebhookCopy[];
}

export interface WorldOptions {
  readonly faults?: readonly string[];
  readonly policy?: Policy;
  readonly credits?: number;
  /** The API key of every vendor; another one is another account. */
  readonly apiKey?: string;
  /** Stands in for some providers where a real one is not the point. */
  readonly wrap?: (provider: VideoProvider) => VideoProvider;
  /** Absent: nothing is converted here. */
  readonly converter?: (media: MediaStore) => Converter;
  /** How requests reach the simulators; absent: within this process. */
  readonly transport?: typeof simulatedTransport;
  /** Take the place of the adapters in memory. */
  readonly adapters?: (now: () => number) => Partial<Deps>;
}

export function createWorld(options: WorldOptions = {}): World {
  let now = Date.UTC(2026, 10, 21, 12);
  let ids = 0;
  const clock = () => now;
  const faults = new Map(vendorIds.map((id) => [id, new FaultPlan([])]));
  const simulators = new Map<string, Simulator>();
  const unplugged = new Set<string>();
  const providers = vendors.map((vendor) => {
    const plan = faults.get(vendor.id) ?? new FaultPlan([]);
    const transport = options.transport ?? simulatedTransport;
    const apiKey = options.apiKey ?? canaryKey;
    const isUnplugged = () => unplugged.has(vendor.id);
    const { provider, simulator } = connect(vendor, apiKey, plan, clock, isUnplugged, transport);
    simulators.set(vendor.id, simulator);
    return options.wrap?.(provider) ?? provider;
  });
  const { database, ports } = memoryPorts({
    now: clock,
    welcomeCredits: options.credits ?? 1_000,
    policy: options.policy ?? plainPrices,
  });
  const { queue, notifier, audit, deliveries, log, media } = ports;
  const signingSecrets = new Map<string, readonly string[]>();
  const downloadErrors: DownloadError[] = [];
  const deps: Deps = {
    catalogue: buildCatalogue(vendors, new Set(vendorIds)),
    providers: new Map(providers.map((provider) => [provider.id, provider])),
    ...ports,
    inspector: describedInspector(media),
    downloads: describedDownloads(() => downloadErrors.shift()),
    converter: options.converter?.(media) ?? null,
    webhooks: createWebhookAccess({
      baseUrl: "https://fn.example.test",
      secrets: [webhookSecret],
      signingSecrets,
      outOfReach: new Set(),
    }),
    now: clock,
    newId: () => `request-${++ids}`,
    ...options.adapters?.(clock),
  };
  const world: World = {
    deps,
    database,
    queue,
    notifier,
    audit,
    deliveries,
    signingSecrets,
    log,
    downloadErrors,
    unplugged,
    now: clock,
    advance: (seconds) => {
      now += seconds * 1_000;
    },
    fault: (text) => {
      const spec = parseFault(text, vendorIds);
      faults.get(spec.vendor)?.add(spec);
    },
    submit: async (changes = {}) => {
      const request = { kind: "text", prompt: "A paper boat on a river at dawn", ...changes };
      return (await submitJob(deps, caller, request)).job;
    },
    job: async (jobId) => {
      const job = await deps.jobs.get(jobId);
      if (job === null) throw new Error(`no job ${jobId}`);
      return job;
    },
    runDue: async (process = deps) => {
      for (const task of queue.takeDue(now)) await runTask(process, task);
    },
    run: async (seconds) => {
      const end = now + seconds * 1_000;
      while (now < end) {
        const nextMinute = (Math.floor(now / 60_000) + 1) * 60_000;
        now = Math.min(end, nextMinute, Math.max(now, queue.nextDueAt() ?? end));
        await world.runDue();
        if (now === nextMinute) await Promise.all([sweep(deps), storeOverdue(deps)]);
      }
    },
    loseTasks: () => {
      queue.takeDue(Number.POSITIVE_INFINITY);
    },
    paidStarts: (vendor) =>
      [...simulators]
        .filter(([id]) => vendor === undefined || id === vendor)
        .flatMap(([, simulator]) => simulator.paidStarts()),
    takeWebhooks: () =>
      [...simulators].flatMap(([id, simulator]) =>
        simulator.takeWebhooks().flatMap((webhook) => copiesOf(webhook, faults.get(id)?.takeWebhookFault())),
      ),
  };
  for (const text of options.faults ?? []) world.fault(text);
  return world;
}

function connect(
  vendor: Vendor,
  apiKey: string,
  faults: FaultPlan,
  now: () => number,
  isUnplugged: () => boolean,
  transport: typeof simulatedTransport,
) {
  const simulation = simulationOf(vendor.id);
  let draws = 0;
  const simulator = simulation.create(
    {
      now,
      random: () => fraction(`${vendor.id}:${++draws}`),
      generationFault: () => faults.takeGenerationFault(),
      fileUrl: describedFileUrl,
    },
    apiKey,
  );
  const http = transport(simulator, simulation, faults, isUnplugged);
  const provider = createVendorClient(vendor, { apiKey, http, now });
  return { provider, simulator };
}
