import type { LogFields, Logger } from "../../src/engine/ports/logger.js";

export interface LogLine {
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
