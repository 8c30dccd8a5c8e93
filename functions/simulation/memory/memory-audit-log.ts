import type { AuditLine, AuditLog } from "../../src/engine/ports/audit-log.js";
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
