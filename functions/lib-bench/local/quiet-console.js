import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { format } from "node:util";
/**
 * Sends what the functions and their libraries log to a file, so that a person sees the job and not
 * its machinery. Must be called before they are imported, because they keep the console they find.
 */
export function logToFile(path) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
    const write = (...values) => appendFileSync(path, `${format(...values)}\n`);
    for (const name of ["debug", "info", "log", "warn", "error"])
        console[name] = write;
    process.removeAllListeners("warning");
    process.on("warning", (warning) => write(`${warning.name}: ${warning.message}`));
}
//# sourceMappingURL=quiet-console.js.map