import { createWebhookAccess } from "../../../src/adapters/shared/webhook-access.js";
import type { Job } from "../../../src/domain/job/job.js";
import type { Task } from "../../../src/domain/job/tasks.js";
import type { Catalogue } from "../../../src/domain/provider/catalogue.js";
import { advance } from "../../../src/engine/composite/advance.js";
import type { Deps } from "../../../src/engine/deps.js";
import { noteRun } from "../../../src/engine/note-run.js";
import { pollJob } from "../../../src/engine/poll/poll-job.js";
import type { LogFields, Logger } from "../../../src/engine/ports/logger.js";
import { startJob } from "../../../src/engine/start/start-job.js";
import { storeVideo } from "../../../src/engine/store/store-video.js";
import { buildCatalogue, vendors } from "../../../src/providers/index.js";
import { type Chance, createChance } from "../../kit/chance.js";
import { createVirtualTime, type VirtualTime } from "../../kit/virtual-time.js";
import { type MemoryDatabase, memoryCreditStore, memoryDatabase } from "../../memory/memory-database.js";
import { memoryPersonStore } from "../../memory/memory-person-store.js";
import {
  memoryAuditLog,
  memoryDeliveryStore,
  memorySignInAccounts,
  memoryTaskRuns,
} from "../../memory/memory-ports.js";
import { memorySnapshotStores } from "../../memory/memory-snapshot-stores.js";
import { createEventLog, type EventLog, type Report, type Violation } from "../record.js";
import type { Swarm } from "../swarm.js";
import { attemptOfKey, departureOf, judgeBill } from "./bills.js";
import { createChaosConverter, createFileWorld, type FileWorld } from "./files.js";
import { createInbox, createObserver, type Inbox, type Observer } from "./observer.js";
import { type CallPoint, createProcesses, type Processes } from "./processes.js";
import { type ChaosQueue, createChaosQueue } from "./task-queue.js";
import { createVendorWorld, type VendorWorld, vendorIds } from "./vendors.js";

/** A whole installation and the vendors it works with, on one virtual clock. */
export interface ChaosWorld {
  readonly start: number;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly swarm: Swarm;
  readonly eventLog: EventLog;
  readonly database: MemoryDatabase;
  readonly observer: Observer;
  readonly files: FileWorld;
  readonly vendors: VendorWorld;
  readonly queue: ChaosQueue;
  readonly inbox: Inbox;
  readonly processes: Processes;
  readonly shared: Omit<Deps, "providers" | "now">;
  /** What vendors sign with, by vendor, as far as an administrator has been told. */
  readonly signingSecrets: Map<string, readonly string[]>;
  readonly violations: readonly Violation[];
  readonly report: Report;
  /** No new faults from now on. */
  stopFaults(): void;
  areFaultsStopped(): boolean;
}

/** As in `entrypoints/triggers/tasks.ts`. */
const taskLimits = {
  start: { timeoutMs: 240_000 },
  poll: { timeoutMs: 240_000 },
  advance: { timeoutMs: 240_000 },
  store: { timeoutMs: 1_800_000 },
  delete_user: { timeoutMs: 1_800_000 },
} as const;
const webhookSecret = "chaos-webhook-secret";

export function createChaosWorld(options: {
  seed: number;
  swarm: Swarm;
  diesAt?: (point: CallPoint) => boolean;
  onCall?: (name: string) => void;
  /** Receives the event log in blocks. */
  onLines?: ((lines: string) => void) | undefined;
}): ChaosWorld {
  const { swarm, diesAt = () => false, onCall = () => {} } = options;
  const { startsAt: start } = swarm;
  const time = createVirtualTime(start);
  const chance = createChance(options.seed);
  const eventLog = createEventLog(time.now, start, options.onLines);
  const database = memoryDatabase({ welcomeCredits: swarm.welcomeCredits });
  const violations: Violation[] = [];
  const report: Report = (violation) => {
    eventLog.note(`VIOLATION ${violation.kind} ${violation.jobId} ${violation.detail}`);
    violations.push(violation);
  };
  let faultsStopped = false;
  let requests = 0;
  const areFaultsStopped = () => faultsStopped;
  const base = { time, chance, swarm, eventLog, areFaultsStopped };

  const contention = () => (faultsStopped ? 0 : swarm.rates.contention);
  const observer = createObserver({
    database,
    time,
    chance,
    eventLog,
    contention,
    currentProcess: () => processes.current()?.name ?? null,
    areClocksRight: swarm.skewsMs.length === 1,
    report,
  });
  const files = createFileWorld(base);
  const vendorWorld = createVendorWorld({
    ...base,
    start,
    publish: files.publish,
    onBill: (bill) => {
      eventLog.note(`bill ${bill.vendor} ${bill.jobId}:a${bill.attempt} ${bill.generationFault ?? "fine"}`);
      const problem = judgeBill(bill, database.jobs.get(bill.jobId), vendorWorld.bills());
      if (problem !== null) report({ kind: "duplicatePaidStart", jobId: bill.jobId, detail: problem });
      if (isOfTooLatePart(database.jobs.get(bill.jobId))) {
        const detail = "a part is paid that was begun after its whole had ended";
        report({ kind: "duplicatePaidStart", jobId: bill.jobId, detail });
      }
    },
  });
  function isOfTooLatePart(part: Job | undefined): boolean {
    const own = observer.jobTimes.get(part?.id ?? "");
    const whole = observer.jobTimes.get(part?.partOf?.jobId ?? "");
    return own !== undefined && whole?.endedAt != null && whole.endedAt < own.createdAt;
  }
  const queue = createChaosQueue({ ...base, start, run: runTask });
  const inbox = createInbox();
  const signingSecrets = new Map<string, readonly string[]>();
  const shared = {
    catalogue: drawCatalogue(chance, swarm),
    jobs: observer.jobs,
    batches: observer.batches,
    credits: memoryCreditStore(database),
    ...memorySnapshotStores({
      now: () => time.now() + (processes.current()?.skewMs ?? 0),
      policy: swarm.policy,
    }),
    queue,
    media: files.media,
    inspector: files.inspector,
    downloads: files.downloads,
    converter: swarm.converter === null ? null : createChaosConverter(files, swarm.converter),
    notifier: inbox,
    deliveries: memoryDeliveryStore(),
    persons: memoryPersonStore(database),
    signIns: memorySignInAccounts(),
    taskRuns: memoryTaskRuns(time.now),
    webhooks: createWebhookAccess({
      baseUrl: "https://functions.example.test",
      secrets: swarm.webhooks ? [webhookSecret] : [],
      signingSecrets,
      outOfReach: new Set(),
    }),
    audit: memoryAuditLog(),
    log: toLog(eventLog),
    newId: () => `request-${++requests}`,
  };
  const startCall = (key: string) => {
    const { jobId, attempt } = attemptOfKey(key);
    return { key, departure: departureOf(database.jobs.get(jobId), attempt) };
  };
  const processes = createProcesses({ ...base, diesAt, onCall, vendors: vendorWorld, startCall, shared });

  function runTask(task: Task) {
    return processes.run(task.type, taskLimits[task.type], (deps) => handle(deps, task));
  }

  return {
    start,
    time,
    chance,
    swarm,
    eventLog,
    database,
    observer,
    files,
    vendors: vendorWorld,
    queue,
    inbox,
    processes,
    shared,
    signingSecrets,
    violations,
    report,
    areFaultsStopped,
    stopFaults() {
      if (faultsStopped) return;
      faultsStopped = true;
      eventLog.note("faults stopped");
    },
  };
}

/** A few models of every vendor, different in every world; few, so that decisions are fast. */
function drawCatalogue(chance: Chance, { modelsPerVendor, shares }: Swarm): Catalogue {
  const listed = vendors.map((vendor) => {
    const order = vendor.models
      .map((model) => ({ model, place: chance.next() }))
      .sort((a, b) => a.place - b.place)
      .map(({ model }) => model);
    const videos = order.filter(({ medium }) => medium === "video").slice(0, modelsPerVendor);
    const pictures = order.filter(({ medium }) => medium === "image").slice(0, shares.scene > 0 ? 1 : 0);
    return { ...vendor, models: [...videos, ...pictures] };
  });
  return buildCatalogue(listed, new Set(vendorIds));
}

function toLog(eventLog: EventLog): Logger {
  const write = (event: string, { jobId, attempt, status, code, reason }: LogFields) => {
    eventLog.note(`${event} ${jobId ?? ""} a${attempt ?? ""} ${status ?? ""} ${code ?? reason ?? ""}`);
  };
  return { info: write, warn: write, error: write };
}

async function handle(deps: Deps, task: Task): Promise<void> {
  await noteRun(deps, task.type);
  switch (task.type) {
    case "start":
      return startJob(deps, task.jobId);
    case "poll":
      await pollJob(deps, task);
      return;
    case "advance":
      return advance(deps, task.jobId);
    case "store":
      await storeVideo(deps, task.jobId);
  }
}
