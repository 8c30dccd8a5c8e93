import { createDownloads } from "../../../src/adapters/media/downloads.js";
import { createInspector } from "../../../src/adapters/media/inspector.js";
import { isTerminal, type Job, openStart } from "../../../src/domain/job/job.js";
import type { Deps } from "../../../src/engine/deps.js";
import { submitJob } from "../../../src/engine/job/submit.js";
import { startJob } from "../../../src/engine/start/start-job.js";
import { heygen } from "../../../src/providers/heygen/index.js";
import { buildCatalogue } from "../../../src/providers/index.js";
import { runware } from "../../../src/providers/runware/index.js";
import { runway } from "../../../src/providers/runway/index.js";
import { createHttpClient } from "../../../src/providers/shared/http.js";
import type { Vendor } from "../../../src/providers/shared/vendor.js";
import { manualClock } from "../../kit/clock.js";
import { createVendorClient } from "../../kit/transport.js";
import { type MemoryTaskQueue, memoryPorts, noWebhooks } from "../../memory/memory-ports.js";
import { heygenSimulation } from "../../vendors/heygen/simulator.js";
import { runwareSimulation } from "../../vendors/runware/simulator.js";
import { runwaySimulation } from "../../vendors/runway/simulator.js";
import { type StartCount, startTroubledServer, type Trouble } from "./troubled-server.js";

const start = Date.UTC(2026, 10, 21, 12);
const caller = { uid: "owner-1", tier: "free" };
const simulations = { heygen: heygenSimulation, runway: runwaySimulation, runware: runwareSimulation };
const vendors: Readonly<Record<VendorName, Vendor>> = { heygen, runway, runware };

/** One model for each vendor: going on to another one is not what is measured. */
const requests: Readonly<Record<VendorName, object>> = {
  heygen: {
    kind: "avatar",
    script: "Welcome to our first quarter review.",
    providers: { only: ["heygen:avatar_iii"] },
  },
  runway: {
    kind: "text",
    prompt: "A paper boat on a river at dawn",
    providers: { only: ["runway:gen4.5"] },
  },
  runware: {
    kind: "text",
    prompt: "A paper boat on a river at dawn",
    providers: { only: ["runware:google:3@3"] },
  },
};

export type VendorName = keyof typeof simulations;

export interface OurCount extends StartCount {
  /** Of all attempts that the job made before it ended. */
  readonly paidByJob: number;
}

/**
 * One job against a vendor in trouble: the engine's own start, with every repetition that falls due
 * on a clock that jumps to it. Counted when the first attempt is over, and again when the job is.
 */
export async function countOurStarts(name: VendorName, trouble: Trouble, seed: number): Promise<OurCount> {
  const clock = manualClock(start);
  const server = await startTroubledServer(simulations[name], trouble, { clock, seed });
  try {
    const installation = createInstallation(vendors[name], server, clock.now);
    const { job } = await submitJob(installation.deps, caller, requests[name]);
    let first: StartCount | undefined;
    for await (const state of statesOf(installation, job.id, clock.advance)) {
      if (isFirstAttemptOver(state)) first ??= server.count();
    }
    if (first === undefined) throw new Error(`${name} was never asked`);
    return { ...first, paidByJob: server.count().paid };
  } finally {
    await server.close();
  }
}

function isFirstAttemptOver(job: Job): boolean {
  return job.attempts.length > 0 && openStart(job)?.number !== 1;
}

/** The job after each of its tasks, until it has ended. */
async function* statesOf(
  { deps, queue }: Installation,
  jobId: string,
  advance: (ms: number) => void,
): AsyncGenerator<Job> {
  for (;;) {
    const dueAt = queue.nextDueAt();
    if (dueAt === null) throw new Error(`job ${jobId} waits for nothing`);
    advance(Math.max(0, dueAt - deps.now()));
    for (const task of queue.takeDue(deps.now())) {
      if (task.type !== "start") throw new Error(`a start was answered: the next task is ${task.type}`);
      await startJob(deps, task.jobId);
      const job = await deps.jobs.get(jobId);
      if (job === null) throw new Error(`job ${jobId} is gone`);
      yield job;
      if (isTerminal(job)) return;
    }
  }
}

interface Installation {
  readonly deps: Deps;
  readonly queue: MemoryTaskQueue;
}

/** The engine with one vendor at the end of a real line; everything else is in this process. */
function createInstallation(
  vendor: Vendor,
  server: { readonly origin: string; readonly apiKey: string },
  now: () => number,
): Installation {
  const provider = createVendorClient(vendor, {
    apiKey: server.apiKey,
    baseUrl: server.origin,
    http: createHttpClient({ minRetryDelayMs: 1 }),
    now,
  });
  const { ports } = memoryPorts({ now, welcomeCredits: 1_000 });
  let requests = 0;
  const deps: Deps = {
    catalogue: buildCatalogue([vendor], new Set([vendor.id])),
    providers: new Map([[vendor.id, provider]]),
    ...ports,
    inspector: createInspector(ports.media),
    downloads: createDownloads({ loopbackHosts: [] }),
    converter: null,
    webhooks: noWebhooks,
    now,
    newId: () => `request-${++requests}`,
  };
  return { deps, queue: ports.queue };
}
