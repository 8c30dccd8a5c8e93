import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { format } from "node:util";

/**
 * Sends what the functions and their libraries log to a file, so that a person sees the job and not
 * its machinery. Must be called before they are imported, because they keep the console they find.
 */
export function logToFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  const write = (...values: unknown[]) => appendFileSync(path, `${format(...values)}\n`);
  for (const name of ["debug", "info", "log", "warn", "error"] as const) console[name] = write;
  process.removeAllListeners("warning");
  process.on("warning", (warning) => write(`${warning.name}: ${warning.message}`));
}
