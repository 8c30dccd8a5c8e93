import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseEnv } from "node:util";
import { vendors } from "../../src/providers/index.js";
import { rootDirectory } from "../kit/package-files.js";
import { carryJob } from "./emulated-job.js";
import { type LocalCloud, projectId, region, startLocalCloud } from "./local-cloud.js";

/**
 * The functions and the accounts in Google's own emulators, as the official tools start them, and around
 * them the servers of the local cloud: the official emulators of Firestore and Cloud Storage need a newer
 * Java and downloads, and that of Cloud Tasks dispatches everything at once and speaks to no client of ours.
 */
const directory = join(rootDirectory, ".cache", "emulators");
const functionsUrl = `http://127.0.0.1:5001/${projectId}/${region}`;
const authUrl = "http://127.0.0.1:9099";
const readyTimeoutMs = 180_000;

async function main(): Promise<number> {
  const isTest = process.argv.includes("--test");
  await mkdir(directory, { recursive: true });
  const cloud = await startLocalCloud({
    directory,
    rulesFile: join(rootDirectory, "firestore.rules"),
    seed: 1,
    faults: [],
    environment: process.env,
    // The emulator's functions go by the wall clock.
    scale: 1,
  });
  let tools: ChildProcess | undefined;
  try {
    if (cloud.store === "memory") {
      console.log(`The emulators cannot run here: ${cloud.storeReason}`);
      return isTest ? 0 : 1;
    }
    tools = await startTools(cloud);
    const ended = once(tools, "exit").then(([code]) => Number(code ?? 1));
    await untilReady(ended);
    if (!isTest) return await ended;
    const { bytes, seconds } = await carryJob({ functionsUrl, authUrl });
    console.log(`A job went from the callable to its file: ${bytes} bytes in ${Math.round(seconds)} s.`);
    return 0;
  } finally {
    await stopTools(tools);
    await cloud.close();
  }
}

async function startTools(cloud: LocalCloud): Promise<ChildProcess> {
  await stageProject(cloud);
  const only = ["emulators:start", "--only", "functions,auth", "--project", projectId];
  return spawn("firebase", only, {
    cwd: directory,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      ...cloud.environment,
      FIREBASE_AUTH_EMULATOR_HOST: new URL(authUrl).host,
      FUNCTIONS_BASE_URL: functionsUrl,
      CI: "1",
      NO_UPDATE_NOTIFIER: "1",
    },
  });
}

/**
 * A project of its own beside the real one. The emulator lets `.env` win over the environment and looks for
 * keys in Secret Manager: from the real files it would call vendors, and from an account that is signed in
 * it would read real keys.
 */
async function stageProject({ environment }: LocalCloud): Promise<void> {
  const source = join(directory, "functions");
  const real = join(rootDirectory, "functions");
  await rm(source, { recursive: true, force: true });
  await mkdir(source);
  await cp(join(real, "lib"), join(source, "lib"), { recursive: true });
  await cp(join(real, "package.json"), join(source, "package.json"));
  await symlink(join(real, "node_modules"), join(source, "node_modules"), "dir");
  const settings = parseEnv(await readFile(join(real, ".env"), "utf8"));
  const known = Object.entries(settings).map(([name, value]) => [name, environment[name] ?? value] as const);
  await writeFile(join(source, ".env"), linesOf(known));
  const keys = vendors.map(({ keyName }) => [keyName, environment[keyName] ?? ""] as const);
  await writeFile(join(source, ".secret.local"), linesOf(keys), { mode: 0o600 });
  const config = JSON.parse(await readFile(join(rootDirectory, "firebase.json"), "utf8"));
  const { predeploy: _, ...codebase } = config.functions[0];
  await writeFile(
    join(directory, "firebase.json"),
    JSON.stringify({ functions: [codebase], emulators: config.emulators }),
  );
}

function linesOf(entries: readonly (readonly [string, string | undefined])[]): string {
  return entries.map(([name, value]) => `${name}=${value ?? ""}\n`).join("");
}

/** Waits for the functions, or for the end of the tools, which have said why. */
async function untilReady(ended: Promise<number>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const giveUpAt = Date.now() + readyTimeoutMs;
  while (!isOver && Date.now() < giveUpAt) {
    const answer = await fetch(`${functionsUrl}/webhook`, { method: "OPTIONS" }).catch(() => null);
    if (answer?.status === 204) return;
    await sleep(500);
  }
  throw new Error("The emulators have not started.");
}

async function stopTools(tools: ChildProcess | undefined): Promise<void> {
  if (tools === undefined || tools.exitCode !== null || tools.signalCode !== null) return;
  const ended = once(tools, "exit");
  tools.kill("SIGINT");
  await ended;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
// Keep-alive sockets of the Google clients would hold the process for minutes.
process.exit();
