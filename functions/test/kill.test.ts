import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { initializeApp } from "firebase-admin/app";
import { type Firestore, getFirestore } from "firebase-admin/firestore";
import { call, localToken } from "../simulation/local/callable-client.js";
import type { FunctionsProcessOptions } from "../simulation/local/functions-process.js";
import { projectId, startLocalCloud } from "../simulation/local/local-cloud.js";

const root = join(process.cwd(), "..");
const entry = join(process.cwd(), "build", "simulation", "local", "functions-process.js");
const token = localToken(projectId, "kill-user");

/** Steps to kill at: every one with KILL_STEPS=all, otherwise a spread that keeps the suite short. */
const lastStep = 64;
const steps =
  process.env.KILL_STEPS === "all"
    ? Array.from({ length: lastStep }, (_, index) => index + 1)
    : [9, 14, 17, 19, 23, 33, 39];

const directory = await mkdtemp(join(tmpdir(), "reelay-kill-"));
const cloud = await startLocalCloud({
  directory,
  rulesFile: join(root, "firestore.rules"),
  seed: 7,
  faults: [],
  environment: process.env,
});
let firestore: Firestore;
let port = 0;
let running: ChildProcess | undefined;

/** Starts the functions; resolves with their URL. */
async function startFunctions(killAtStep: number): Promise<string> {
  const options: FunctionsProcessOptions = {
    environment: cloud.environment,
    clockStart: cloud.clockStart,
    scale: cloud.scale,
    port,
    killAtStep,
  };
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, NODE_OPTIONS: "", LOCAL_FUNCTIONS: JSON.stringify(options) },
    stdio: ["ignore", "pipe", "ignore"],
  });
  running = child;
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^ready (.*)$/.exec(line)?.[1];
    if (url === undefined) continue;
    port = Number(new URL(url).port);
    child.stdout.resume();
    return url;
  }
  throw new Error("the functions ended before they were ready");
}

async function stopFunctions(): Promise<void> {
  if (running?.exitCode === null && running.signalCode === null) {
    running.kill("SIGKILL");
    await once(running, "exit");
  }
}

/** Resolves when the job document says that it has ended. */
function ended(jobId: string): Promise<FirebaseFirestore.DocumentData> {
  return new Promise((resolve, reject) => {
    const stop = firestore.doc(`videoJobs/${jobId}`).onSnapshot((snapshot) => {
      const job = snapshot.data();
      if (job?.endedAt == null) return;
      stop();
      resolve(job);
    }, reject);
  });
}

function paidStarts(): number {
  return cloud.simulations.reduce((sum, { simulator }) => sum + simulator.paidStarts().length, 0);
}

async function closeCloud(): Promise<void> {
  await cloud.close();
  await rm(directory, { recursive: true, force: true });
}

const title = "a functions process that is killed and started again over the same data";

if (cloud.store === "memory") {
  // No hook runs where every test is skipped.
  await closeCloud();
  describe.skip(`${title}: ${cloud.storeReason}`, describeKills);
} else {
  describe(title, describeKills);
}

function describeKills(): void {
  beforeAll(() => {
    process.env.FIRESTORE_EMULATOR_HOST = cloud.environment.FIRESTORE_EMULATOR_HOST;
    firestore = getFirestore(initializeApp({ projectId }));
  });

  afterAll(async () => {
    await stopFunctions();
    await firestore?.terminate();
    await closeCloud();
  });

  it.each(steps)(
    "finishes its job and pays once when killed at step %d",
    async (step) => {
      const before = paidStarts();
      const request = {
        kind: "text",
        prompt: "A paper boat",
        requestId: `kill-${step}`,
        // Models whose vendor honours a key: elsewhere the window between payment and record is
        // ambiguous by nature, and a test of its own shows what happens then.
        providers: { only: ["runware"] },
      };
      const url = await startFunctions(step);
      const killed = once(running as ChildProcess, "exit");
      const submitted = call<{ jobId: string }>(url, "createVideo", request, token).catch(() => null);
      await Promise.race([killed, submitted.then((job) => (job === null ? null : ended(job.jobId)))]);
      await stopFunctions();

      const again = await startFunctions(0);
      // A client whose answer was lost asks again with the same requestId and finds the same job.
      const { jobId } = await call<{ jobId: string }>(again, "createVideo", request, token);
      const job = await ended(jobId);
      await stopFunctions();
      expect({ status: job.status, paid: paidStarts() - before }).toEqual({ status: "completed", paid: 1 });
    },
    60_000,
  );
}
