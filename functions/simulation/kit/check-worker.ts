import { workerCode } from "./package-files.js";

let code: Promise<URL> | undefined;

/** The thread that checks files, wherever the inspector runs: compiled, or from the sources under jest. */
export function checkWorker(): Promise<URL> {
  code ??= workerCode(new URL("../../src/adapters/media/check-worker.js", import.meta.url));
  return code;
}
