import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { type Environment, findFirestoreJars } from "./firestore-jar.js";
import { type JavaProcess, startJava } from "./java-process.js";

export interface FirestoreEmulator {
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
