import type { Job } from "../../src/domain/job/job.js";
import type { AuditLine, AuditLog } from "../../src/engine/ports/audit-log.js";
import type { DeliveryStore, WebhookDeliveryRecord } from "../../src/engine/ports/delivery-store.js";
import type { LogFields, Logger } from "../../src/engine/ports/logger.js";
import type { Notifier } from "../../src/engine/ports/notifier.js";
import { frozenCopy } from "./memory-database.js";

export interface MemoryAuditLog extends AuditLog {
  /** Oldest first. */
  readonly lines: readonly AuditLine[];
}

export function memoryAuditLog(): MemoryAuditLog {
  const lines: AuditLine[] = [];
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
export function memoryDeliveryStore(): MemoryDeliveryStore {
  const records = new Map<string, WebhookDeliveryRecord>();
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

/** Keeps what was logged exactly as it was said, so that a test can look for what should not be there. */
export function memoryLogger(): MemoryLogger {
  const lines: LogLine[] = [];
  const at = (level: LogLine["level"]) => (event: string, fields: LogFields) => {
    lines.push({ level, event, fields: { ...fields } });
  };
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}

export interface MemoryNotifier extends Notifier {
  /** Every call, oldest first, repetitions included. */
  readonly ended: readonly Job[];
}

export function memoryNotifier(): MemoryNotifier {
  const ended: Job[] = [];
  return {
    ended,
    async jobEnded(job) {
      ended.push(job);
    },
  };
}
