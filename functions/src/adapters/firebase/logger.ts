import { type LogSeverity, write } from "firebase-functions/logger";
import type { LogFields, Logger } from "../../engine/ports/logger.js";
import { redact } from "./redact.js";

/** What events are called, `job.start_accepted`: alerts go by it, so nobody else's text may pass for one. */
const eventPattern = /^[a-z_]+(?:\.[a-z_]+)+$/;
const fieldPattern = /^[a-z][A-Za-z0-9]*$/;
/**
 * Cloud Logging takes these out of a line and acts on them: they decide how severe it is, when it was, and
 * what it belongs to (structured logging; the agents know more names than the page; read 2026-11-30).
 */
const reservedFields: ReadonlySet<string> = new Set([
  "severity",
  "level",
  "message",
  "msg",
  "log",
  "time",
  "timestamp",
  "timestampSeconds",
  "timestampNanos",
  "httpRequest",
  "labels",
  "insertId",
  "logName",
  "operation",
  "resource",
  "sourceLocation",
  "spanId",
  "trace",
  "traceSampled",
  // Error Reporting groups by these.
  "context",
  "eventTime",
  "exception",
  "serviceContext",
  "stack",
]);

/** One structured line per fact: the event is its message, the fields can be searched for. */
export function firebaseLogger(): Logger {
  const at = (severity: LogSeverity) => (event: string, fields: LogFields) => {
    if (eventPattern.test(event)) write({ ...toSafe(fields), severity, message: event });
    else write({ event: redact(event), severity: "ERROR", message: "log.misnamed" });
  };
  return { info: at("INFO"), warn: at("WARNING"), error: at("ERROR") };
}

/** Fields with plain names of our own. Any other is left out: no text is worth a forged line. */
function toSafe(fields: LogFields): LogFields {
  const own = Object.entries(fields).filter(([name]) => fieldPattern.test(name) && !reservedFields.has(name));
  return Object.fromEntries(own.map(([name, value]) => [name, safeValue(value)]));
}

/** Values that a type lets through and a line must not: an object would bring names of its own. */
function safeValue(value: unknown): LogFields[string] {
  if (typeof value === "string") return redact(value);
  const isPlain = value == null || typeof value === "number" || typeof value === "boolean";
  return isPlain ? (value as LogFields[string]) : typeof value;
}
