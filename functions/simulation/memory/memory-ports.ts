import { pipeline } from "node:stream/promises";
import { createByteMeter } from "../../src/adapters/shared/byte-meter.js";
import { createWebhookAccess } from "../../src/adapters/shared/webhook-access.js";
import type { Job } from "../../src/domain/job/job.js";
import type { Task } from "../../src/domain/job/tasks.js";
import type { Policy } from "../../src/domain/policy/policy.js";
import type { PublishedPolicy } from "../../src/domain/policy/publication.js";
import type { AuditLine, AuditLog } from "../../src/engine/ports/audit-log.js";
import type { DeliveryStore, WebhookDeliveryRecord } from "../../src/engine/ports/delivery-store.js";
import type { LogFields, Logger } from "../../src/engine/ports/logger.js";
import {
  type MediaStore,
  ObjectReplacedError,
  type StoredObject,
} from "../../src/engine/ports/media-store.js";
import type { Notifier } from "../../src/engine/ports/notifier.js";
import type { SignInAccounts } from "../../src/engine/ports/sign-in-accounts.js";
import type { TaskQueue } from "../../src/engine/ports/task-queue.js";
import type { TaskRuns } from "../../src/engine/ports/task-runs.js";
import { memoryBatchStore } from "./memory-batch-store.js";
import { frozenCopy, memoryCreditStore, memoryDatabase } from "./memory-database.js";
import { memoryJobStore } from "./memory-job-store.js";
import { memoryPersonStore } from "./memory-person-store.js";
import { memorySnapshotStores } from "./memory-snapshot-stores.js";

export interface MemoryOptions {
  readonly now: () => number;
  readonly welcomeCredits?: number;
  /** Absent: the default policy. */
  readonly policy?: Policy;
}

/** What stands in for Firestore: all stores over one set of documents. */
export function memoryStores({ now, welcomeCredits = 0, policy }: MemoryOptions) {
  const database = memoryDatabase({ welcomeCredits });
  const lines: AuditLine[] = [];
  const records = new Map<string, WebhookDeliveryRecord>();
  const ended: Job[] = [];
  const published = new Map<number, PublishedPolicy>();
  const stores = {
    jobs: memoryJobStore(database),
    batches: memoryBatchStore(database),
    credits: memoryCreditStore(database),
    ...memorySnapshotStores({ now, published, ...(policy === undefined ? {} : { policy }) }),
    notifier: memoryNotifier(ended),
    audit: memoryAuditLog(lines),
    deliveries: memoryDeliveryStore(records),
    persons: memoryPersonStore(database, { lines, records, ended, published }),
    signIns: memorySignInAccounts(),
    taskRuns: memoryTaskRuns(now),
  };
  return { database, stores };
}

/** Every port that has an adapter in memory. Spread into `Deps`; what differs is written after it. */
export function memoryPorts(options: MemoryOptions) {
  const { database, stores } = memoryStores(options);
  const ports = { ...stores, queue: memoryTaskQueue(), media: memoryMediaStore(), log: memoryLogger() };
  return { database, ports };
}

/** Vendors get no callback address: jobs go on by polls alone. */
export const noWebhooks = createWebhookAccess({
  baseUrl: "https://functions.example.test",
  secrets: [],
  signingSecrets: new Map(),
  outOfReach: new Set(),
});

export interface MemoryTaskQueue extends TaskQueue {
  /** Removes and returns the tasks that are due, earliest first, in the order they were enqueued. */
  takeDue(now: number): Task[];
  /** When the next task is due; `null` when there is none. */
  nextDueAt(): number | null;
  size(): number;
}

interface QueuedTask {
  readonly task: Task;
  readonly dueAt: number;
}

/** Remembers every name for ever, where Cloud Tasks forgets it about an hour after the task is done. */
export function memoryTaskQueue(): MemoryTaskQueue {
  const seenNames = new Set<string>();
  /** Earliest first. */
  const waiting: QueuedTask[] = [];

  return {
    async enqueue(name, task, dueAt) {
      if (seenNames.has(name)) return;
      seenNames.add(name);
      waiting.splice(firstAfter(waiting, dueAt), 0, { task: frozenCopy(task), dueAt });
    },
    takeDue: (now) => waiting.splice(0, firstAfter(waiting, now)).map(({ task }) => task),
    nextDueAt: () => waiting[0]?.dueAt ?? null,
    size: () => waiting.length,
  };
}

/** Index of the first task that is due after a time; found by halving, since simulations queue thousands. */
function firstAfter(waiting: readonly QueuedTask[], time: number): number {
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((waiting[middle]?.dueAt ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Notes every run: what stores share notes fewer. */
export function memoryTaskRuns(now: () => number): TaskRuns {
  const latest: Partial<Record<Task["type"], number>> = {};
  return {
    async note(type) {
      latest[type] = now();
    },
    latest: async () => ({ ...latest }),
  };
}

interface MemoryFile {
  readonly object: StoredObject;
  readonly content: Buffer;
}

/** Files in this process. Its signed URLs name a file and open nothing. */
export function memoryMediaStore(): MediaStore {
  const files = new Map<string, MemoryFile>();
  return {
    async write(path, source, { contentType, maxBytes, metadata, replaces }) {
      const meter = createByteMeter(maxBytes);
      const chunks: Buffer[] = [];
      await pipeline(source, meter.stream, async (stream) => {
        for await (const chunk of stream) chunks.push(chunk as Buffer);
      });
      const { bytes, sha256 } = meter.finish();
      if (replaces !== undefined && files.get(path)?.object.sha256 !== replaces?.sha256)
        throw new ObjectReplacedError(path);
      const object: StoredObject = frozenCopy({ path, bytes, sha256, contentType, metadata });
      files.set(path, { object, content: Buffer.concat(chunks) });
      return object;
    },
    stat: async (path) => files.get(path)?.object ?? null,
    async read(path, offset, length) {
      const file = files.get(path);
      if (file === undefined) throw new Error(`there is no file ${path}`);
      return Buffer.from(file.content.subarray(offset, offset + length));
    },
    async signedUrl(path, expiresAt, signedAt = expiresAt) {
      return `https://signed.example.test/${encodeURI(path)}?X-Goog-Signature=${expiresAt}-${signedAt}`;
    },
    publicUrl: async (path) => `https://pictures.example.test/${encodeURI(path)}`,
    async list(prefix, limit, after) {
      const paths = [...files.keys()].filter((path) => path.startsWith(prefix)).sort();
      const rest = paths.filter((path) => after === null || path > after).slice(0, limit);
      return rest.map((path) => ({ path, bytes: files.get(path)?.object.bytes ?? 0 }));
    },
    async delete(path, only) {
      if (only === undefined || files.get(path)?.object.sha256 === only.sha256) files.delete(path);
    },
  };
}

export interface MemoryAuditLog extends AuditLog {
  /** Oldest first. */
  readonly lines: readonly AuditLine[];
}

export function memoryAuditLog(lines: AuditLine[] = []): MemoryAuditLog {
  return {
    lines,
    async write(line) {
      lines.push(frozenCopy(line));
    },
  };
}

export interface MemoryDeliveryStore extends DeliveryStore {
  /** By id. */
  readonly records: ReadonlyMap<string, WebhookDeliveryRecord>;
}

/** Deliveries in this process; nothing expires here. */
export function memoryDeliveryStore(records = new Map<string, WebhookDeliveryRecord>()): MemoryDeliveryStore {
  return {
    records,
    async claim(record) {
      if (records.has(record.id)) return false;
      records.set(record.id, frozenCopy(record));
      return true;
    },
    async release(id) {
      records.delete(id);
    },
  };
}

interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly event: string;
  readonly fields: LogFields;
}

export interface MemoryLogger extends Logger {
  readonly lines: readonly LogLine[];
}

/** Keeps log lines unchanged, so that a test can look for what must not be in them. */
export function memoryLogger(): MemoryLogger {
  const lines: LogLine[] = [];
  const at = (level: LogLine["level"]) => (event: string, fields: LogFields) => {
    lines.push({ level, event, fields: { ...fields } });
  };
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}

export interface MemorySignInAccounts extends SignInAccounts {
  /** Accounts that were ended, in their order. */
  readonly ended: readonly string[];
}

export function memorySignInAccounts(): MemorySignInAccounts {
  const ended: string[] = [];
  return {
    ended,
    async delete(uid) {
      ended.push(uid);
    },
  };
}

export interface MemoryNotifier extends Notifier {
  /** Every call, oldest first, repetitions included; without those of who was deleted. */
  readonly ended: readonly Job[];
  /** Balances that were told as low, with the end of which job. */
  readonly lowBalances: readonly { readonly jobId: string; readonly credits: number }[];
}

function memoryNotifier(ended: Job[]): MemoryNotifier {
  const lowBalances: { jobId: string; credits: number }[] = [];
  return {
    ended,
    lowBalances,
    async jobEnded(job, lowBalance) {
      ended.push(job);
      if (lowBalance !== null) lowBalances.push({ jobId: job.id, credits: lowBalance });
    },
  };
}
