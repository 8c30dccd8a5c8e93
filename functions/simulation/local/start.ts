import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { format, styleText } from "node:util";
import { vendors } from "../../src/providers/index.js";
import { rootDirectory } from "../kit/package-files.js";
import { jobRoutes } from "./job-page.js";
import { type LocalCloud, localStores, startLocalCloud } from "./local-cloud.js";
import { type LocalFunctions, startLocalFunctions } from "./local-functions.js";
import { runJobs } from "./run-jobs.js";
import { readOptions, type StartOptions, usage } from "./start-options.js";

/**
 * Sends what the functions and their libraries log to a file, so that the terminal shows only
 * the job. Must be called before they are imported, because they keep the console they find.
 */
export function logToFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  const write = (...values: unknown[]) => appendFileSync(path, `${format(...values)}\n`);
  for (const name of ["debug", "info", "log", "warn", "error"] as const) console[name] = write;
  process.removeAllListeners("warning");
  process.on("warning", (warning) => write(`${warning.name}: ${warning.message}`));
}

/** `npm start`: the local cloud, one visible job, and a page to watch it on. */
const directory = join(rootDirectory, ".cache", "local");
const logFile = join(directory, "functions.log");
const localUser = "local-user";

async function main(): Promise<number> {
  const options = readOptions(
    process.argv.slice(2),
    vendors.map((vendor) => vendor.id),
  );
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  // With --json the last line of standard output belongs to machines; people read standard error.
  const print = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const requests = await readRequests(options);
  logToFile(logFile);
  const startedAt = Date.now();
  const tellLate = lateTeller(print);
  let functions: LocalFunctions | undefined;
  const cloud = await startLocalCloud({
    directory,
    rulesFile: join(rootDirectory, "firestore.rules"),
    seed: options.seed,
    faults: options.faults,
    environment: process.env,
    onLate: (withheldMs) => {
      // Until the functions are loaded nothing waits for the clock.
      if (functions !== undefined) tellLate(withheldMs);
    },
  });
  const stop = async () => {
    await functions?.close();
    await cloud.close();
  };
  const interrupted = stopOnSignal(stop);
  try {
    functions = await startLocalFunctions({
      environment: cloud.environment,
      clock: cloud.clock,
      stores: cloud.store === "memory" ? localStores(cloud.clock) : undefined,
      routes: (deps) => jobRoutes(deps, localUser),
    });
    tellParts(cloud, functions, print, Date.now() - startedAt);
    const report = await Promise.race([
      runJobs({ cloud, functions, requests, options, uid: localUser, directory, print }),
      interrupted,
    ]);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    if (!options.once) {
      print(`\nThe local cloud stays up at ${styleText("cyan", functions.host.origin)}; Ctrl-C stops it.`);
      await interrupted;
    }
    return report.jobs.every((job) => job.status === "completed") ? 0 : 1;
  } finally {
    await stop();
  }
}

/** As long as a lease at full speed. */
const tellLateFromMs = 500;

/** Says once that the clock waits for a busy machine. */
function lateTeller(print: (line: string) => void): (withheldMs: number) => void {
  let sumMs = 0;
  return (withheldMs) => {
    const isTold = sumMs >= tellLateFromMs;
    sumMs += withheldMs;
    if (isTold || sumMs < tellLateFromMs) return;
    print(
      styleText("dim", "  (this machine is busy: time runs slower, so that no lease runs out meanwhile)"),
    );
  };
}

/** The files named on the command line, or the example. */
async function readRequests(options: StartOptions): Promise<unknown[]> {
  const files =
    options.requests.length > 0 ? options.requests : [join(rootDirectory, "examples", "text.json")];
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, "utf8").catch(() => {
        throw new Error(`--request ${file}: there is no such file`);
      });
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new Error(`--request ${file}: it is not JSON`);
      }
    }),
  );
}

function tellParts(
  cloud: LocalCloud,
  functions: LocalFunctions,
  print: (line: string) => void,
  tookMs: number,
): void {
  const simulated = cloud.simulations.map(({ vendor }) => vendor).join(", ") || "none";
  print(styleText("bold", "Reelay, locally"));
  print(`  Node ${process.versions.node}; ready in ${(tookMs / 1_000).toFixed(1)} s`);
  print(
    cloud.store === "memory"
      ? `  documents: in memory (${cloud.storeReason})`
      : `  documents: Firestore emulator at ${cloud.environment.FIRESTORE_EMULATOR_HOST}`,
  );
  print(`  functions and pages: ${functions.host.origin}`);
  print(`  simulated providers: ${simulated}; time runs ${cloud.scale}× as fast as the wall`);
  print(`  log: ${logFile}`);
  print("");
}

/** Rejects when the run is interrupted, after everything that was started has been stopped. */
function stopOnSignal(stop: () => Promise<void>): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        void stop().finally(() => reject(new InterruptedError(signal)));
      });
    }
  });
}

class InterruptedError extends Error {
  constructor(signal: string) {
    super(`stopped by ${signal}`);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof InterruptedError ? 130 : 1;
}
// Keep-alive sockets of the Google clients would hold the process for minutes.
process.exit();
