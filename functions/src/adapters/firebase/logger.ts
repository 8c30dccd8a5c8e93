import { type LogSeverity, write } from "firebase-functions/logger";
import type { LogFields, Logger } from "../../engine/ports/logger.js";
import { redact } from "./redact.js";

/** One structured line per fact: the event is its message, the fields can be searched for. */
export function firebaseLogger(): Logger {
  const at = (severity: LogSeverity) => (event: string, fields: LogFields) => {
    write({ ...toSafe(fields), severity, message: event });
  };
  return { info: at("INFO"), warn: at("WARNING"), error: at("ERROR") };
}

function toSafe(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? redact(value) : value]),
  );
}
