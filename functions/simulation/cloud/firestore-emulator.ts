import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { createServer, Socket } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where package managers and the installer put the Google Cloud SDK. */
const sdkRoots = [
  "/usr/lib/google-cloud-sdk",
  "/opt/google-cloud-sdk",
  "/usr/share/google-cloud-sdk",
  "/snap/google-cloud-cli/current",
  "/opt/homebrew/share/google-cloud-sdk",
];

/**
 * Firestore emulator JARs on this machine, best first. A path that was named explicitly is the only
 * one; otherwise what firebase-tools downloaded, newest first, then what the Cloud SDK holds.
 */
export function findFirestoreJars(environment: Environment): string[] {
  const named = environment.FIRESTORE_EMULATOR_JAR;
  if (named) return [named];
  const home = environment.HOME ?? environment.USERPROFILE ?? "";
  const cacheDirectory = environment.FIREBASE_EMULATORS_PATH || join(home, ".cache/firebase/emulators");
  const roots = [...sdkRoots, join(home, "google-cloud-sdk"), ...sdkRootsOnPath(environment.PATH ?? "")];
  const sdkJars = roots
    .map((root) => join(root, "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"))
    .filter((path) => existsSync(path));
  return [...new Set([...jarsIn(cacheDirectory), ...sdkJars])];
}

/** `bin/gcloud` lies in the root of its SDK, often behind a symbolic link. */
function sdkRootsOnPath(path: string): string[] {
  return path
    .split(delimiter)
    .map((directory) => join(directory, "gcloud"))
    .filter((command) => existsSync(command))
    .map((command) => dirname(dirname(realpathSync(command))));
}

function jarsIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => /^cloud-firestore-emulator-v[\d.]+\.jar$/.test(name))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => join(directory, name));
}

/** A Java program that ends with us: by `stop`, or at the latest when our process exits. */
interface JavaProcess {
  readonly pid: number | undefined;
  hasEnded(): boolean;
  /** The last line that it printed, lines of a stack trace apart. */
  lastLine(): string;
  /** Asks it to end, forces it after a while, and waits until it is gone. */
  stop(): Promise<void>;
}

const forceAfterMs = 3_000;

function startJava(javaArguments: readonly string[]): JavaProcess {
  const child = spawn("java", javaArguments, { stdio: ["ignore", "pipe", "pipe"] });
  const pipes = [child.stdout, child.stderr];
  let lastLine = "";
  for (const pipe of pipes) {
    onLine(pipe, (line) => {
      if (line.trim() !== "" && !/^\s+at /.test(line)) lastLine = line.trim();
    });
  }
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    const finish = () => {
      isOver = true;
      process.removeListener("exit", killAtExit);
      resolve();
    };
    child.once("close", finish);
    child.once("error", (error) => {
      lastLine = error.message;
      finish();
    });
  });
  // A program that forgets to stop us can still come to its end, and then takes Java with it.
  holdEventLoop(child, pipes, false);

  return {
    pid: child.pid,
    hasEnded: () => isOver,
    lastLine: () => lastLine,
    async stop() {
      if (isOver) return;
      holdEventLoop(child, pipes, true);
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), forceAfterMs);
      await ended;
      clearTimeout(force);
    },
  };
}

function onLine(pipe: Readable, take: (line: string) => void): void {
  createInterface({ input: pipe, crlfDelay: Number.POSITIVE_INFINITY }).on("line", take);
}

function holdEventLoop(child: ChildProcess, pipes: readonly Readable[], hold: boolean): void {
  const handles = [child, ...pipes.filter((pipe) => pipe instanceof Socket)];
  for (const handle of handles) hold ? handle.ref() : handle.unref();
}

interface FirestoreEmulator {
  readonly host: string;
  readonly port: number;
  readonly projectId: string;
  stop(): Promise<void>;
}

export type FirestoreStart =
  | { readonly status: "running"; readonly emulator: FirestoreEmulator }
  /** One sentence that says what is missing and what to do. */
  | { readonly status: "unavailable"; readonly reason: string };

const host = "127.0.0.1";
/** The JARs name no main class in their manifest, so `java -jar` refuses some of them. */
const mainClass = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";
const startTimeoutMs = 45_000;
const askAgainMs = 50;

/**
 * Google's Firestore emulator as a child process on a free port. Not in single-project mode: every
 * project id is a database of its own under the same rules, which keeps test files apart.
 */
export async function startFirestoreEmulator(options: {
  rulesFile: string;
  projectId?: string;
  environment?: Environment;
}): Promise<FirestoreStart> {
  const environment = options.environment ?? process.env;
  const obstacle = await findObstacle(options.rulesFile, environment);
  if (obstacle !== null) return { status: "unavailable", reason: obstacle };
  let reason = "no Firestore emulator was found: install it or set FIRESTORE_EMULATOR_JAR";
  // A JAR may want a newer Java than there is; an older one beside it can still serve.
  for (const jar of findFirestoreJars(environment)) {
    const start = await startJar(jar, options.rulesFile);
    if (start.status === "running") {
      return {
        status: "running",
        emulator: { host, port: start.port, projectId: options.projectId ?? "demo-reelay", stop: start.stop },
      };
    }
    reason = start.reason;
  }
  return { status: "unavailable", reason };
}

async function findObstacle(rulesFile: string, environment: Environment): Promise<string | null> {
  if (environment.NO_JAVA === "1") return "the Firestore emulator is switched off by NO_JAVA=1";
  if (!existsSync(rulesFile)) return `the rules file ${rulesFile} does not exist`;
  const hasJava = await promisify(execFile)("java", ["-version"], { timeout: 20_000 }).then(
    () => true,
    () => false,
  );
  return hasJava ? null : "the Firestore emulator needs Java 11 or later, and `java -version` does not work";
}

type JarStart =
  | { readonly status: "running"; readonly port: number; stop(): Promise<void> }
  | { readonly status: "failed"; readonly reason: string };

async function startJar(jar: string, rulesFile: string): Promise<JarStart> {
  if (!existsSync(jar)) return { status: "failed", reason: `the Firestore emulator ${jar} does not exist` };
  const port = await freePort();
  const java = startJava([
    // Without a limit it grew to 1.4 GB in a load test (2026-11-21).
    "-Xmx768m",
    "-Duser.language=en",
    "-cp",
    jar,
    mainClass,
    `--host=${host}`,
    `--port=${port}`,
    `--rules=${rulesFile}`,
  ]);
  if (await answersInTime(java, port)) return { status: "running", port, stop: () => java.stop() };
  const said = java.lastLine() || "it printed nothing";
  await java.stop();
  return { status: "failed", reason: `the Firestore emulator ${jar} did not start: ${said}` };
}

async function answersInTime(java: JavaProcess, port: number): Promise<boolean> {
  const giveUpAt = performance.now() + startTimeoutMs;
  while (!java.hasEnded() && performance.now() < giveUpAt) {
    if (await answers(port)) return true;
    await delay(askAgainMs);
  }
  return false;
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.body?.cancel().then(() => response.ok) ?? response.ok,
    () => false,
  );
}

/** A port that was free a moment ago. The emulator cannot choose one itself. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
