import { redact as redactTo } from "../../domain/redact.js";

/** No field of a line in the log is longer. */
const maxLength = 500;

/** A text for the log: without what opens anything, and no longer than a line should be. */
export function redact(text: string): string {
  return redactTo(text, maxLength);
}
