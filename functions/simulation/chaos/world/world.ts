import type { Job } from "../../../src/domain/job/job.js";
import type { Catalogue } from "../../../src/domain/provider/catalogue.js";
import { createWebhookAccess } from "../../../src/domain/provider/webhook-access.js";
import { advance } from "../../../src/engine/composite/advance.js";
import type { Deps } from "../../../src/engine/deps.js";
import { pollJob } from "../../../src/engine/poll/poll-job.js";
import type { LogFields, Logger } from "../../../src/engine/ports/logger.js";
import type { Task } from "../../../src/engine/ports/task-queue.js";
import { startJob } from "../../../src/engine/start/start-job.js";
import { storeVideo } from "../../../src/engine/store/store-video.js";
import { buildCatalogue, vendors } from "../../../src/providers/index.js";
import { type Chance, createChance } from "../../kit/chance.js";
import { createVirtualTime, type VirtualTime } from "../../kit/virtual-time.js";
import { memoryAuditLog } from "../../memory/memory-audit-log.js";
import { memoryCreditStore } from "../../memory/memory-credit-store.js";
import { type MemoryDatabase, memoryDatabase } from "../../memory/memory-database.js";
import { memoryDeliveryStore } from "../../memory/memory-delivery-store.js";
import { memoryHealthStore } from "../../memory/memory-health-store.js";
import { judgeBill } from "../checks/bill-checks.js";
import { type Chronicle, createChronicle } from "../chronicle.js";
import type { Swarm } from "../swarm.js";
import type { Report, Violation } from "../violations.js";
import { attemptOfKey, departureOf } from "./bills.js";
import { createChaosConverter } from "./converter.js";
import { createFileWorld, type FileWorld } from "./files.js";
import { createInbox, type Inbox } from "./inbox.js";
import { type CallPoint, createProcesses, type Processes } from "./processes.js";
import { type ChaosQueue, createChaosQueue } from "./task-queue.js";
import { createVendorWorld, type VendorWorld, vendorIds } from "./vendors.js";
import { createWitness, type Witness } from "./witnessed-jobs.js";

/** A whole installation and the vendors it works with, on one virtual clock. */
export interface ChaosWorld {
  readonly start: number;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly swarm: Swarm;
  readonly chronicle: Chronicle;
  readonly database: MemoryDatabase;
  readonly witness: Witness;
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
  /** From now on nothing new goes wrong. */
  calmDown(): void;
  isCalm(): boolean;
}

/** As in `entrypoints/tasks.ts`. */
const taskLimits = {
  start: { timeoutMs: 240_000 },
  poll: { timeoutMs: 240_000 },
  advance: { timeoutMs: 240_000 },
  store: { timeoutMs: 1_800_000 },
} as const;
const webhookSecret = "chaos-webhook-secret";

export function createChaosWorld(options: {
  seed: number;
  swarm: Swarm;
  diesAt?: (point: CallPoint) => boolean;
  onCall?: (name: string) => void;
  /** Is given the chronicle, in pieces. */
  onLines?: ((lines: string) => void) | undefined;
}): ChaosWorld {
  const { swarm, diesAt = () => false, onCall = () => {} } = options;
  const { startsAt: start } = swarm;
  const time = createVirtualTime(start);
  const chance = createChance(options.seed);
  const chronicle = createChronicle(time.now, start, options.onLines);
  const database = memoryDatabase({ welcomeCredits: swarm.welcomeCredits });
  const violations: Violation[] = [];
  const report: Report = (violation) => {
    chronicle.note(`VIOLATION ${violation.kind} ${violation.jobId} ${violation.detail}`);
    violations.push(violation);
  };
  let calm = false;
  let requests = 0;
  const isCalm = () => calm;
  const base = { time, chance, swarm, chronicle, isCalm };

  const contention = () => (calm ? 0 : swarm.rates.contention);
  const witness = createWitness({
    database,
    time,
    chance,
    chronicle,
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
      chronicle.note(`bill ${bill.vendor} ${bill.jobId}:a${bill.attempt} ${bill.mishap ?? "fine"}`);
      const problem = judgeBill(bill, database.jobs.get(bill.jobId), vendorWorld.bills());
      if (problem !== null) report({ kind: "duplicatePaidStart", jobId: bill.jobId, detail: problem });
      if (isOfTooLatePart(database.jobs.get(bill.jobId))) {
        const detail = "a part is paid that was begun after its whole had ended";
        report({ kind: "duplicatePaidStart", jobId: bill.jobId, detail });
      }
    },
  });
  function isOfTooLatePart(part: Job | undefined): boolean {
    const own = witness.sightings.get(part?.id ?? "");
    const whole = witness.sightings.get(part?.partOf?.jobId ?? "");
    return own !== undefined && whole?.endedAt != null && whole.endedAt < own.createdAt;
  }
  const queue = createChaosQueue({ ...base, run: runTask });
  const inbox = createInbox();
  const signingSecrets = new Map<string, readonly string[]>();
  const shared = {
    catalogue: drawCatalogue(chance, swarm),
    jobs: witness.jobs,
    batches: witness.batches,
    credits: memoryCreditStore(database),
    health: memoryHealthStore({
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
    webhooks: createWebhookAccess({
      baseUrl: "https://functions.example.test",
      secrets: swarm.webhooks ? [webhookSecret] : [],
      signingSecrets,
      outOfReach: new Set(),
    }),
    audit: memoryAuditLog(),
    log: toLog(chronicle),
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
    chronicle,
    database,
    witness,
    files,
    vendors: vendorWorld,
    queue,
    inbox,
    processes,
    shared,
    signingSecrets,
    violations,
    report,
    isCalm,
    calmDown() {
      if (calm) return;
      calm = true;
      chronicle.note("calm");
    },
  };
}

/** A few models of every vendor: other ones in every world, and little to decide between. */
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

function toLog(chronicle: Chronicle): Logger {
  const write = (event: string, { jobId, attempt, status, code, reason }: LogFields) => {
    chronicle.note(`${event} ${jobId ?? ""} a${attempt ?? ""} ${status ?? ""} ${code ?? reason ?? ""}`);
  };
  return { info: write, warn: write, error: write };
}

async function handle(deps: Deps, task: Task): Promise<void> {
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
