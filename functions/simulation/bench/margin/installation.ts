import type { Policy } from "../../../src/domain/policy/policy.js";
import type { VideoProvider } from "../../../src/domain/provider/provider.js";
import type { Deps } from "../../../src/engine/deps.js";
import type { MediaStore } from "../../../src/engine/ports/media-store.js";
import { runTask } from "../../../src/engine/run-task.js";
import { sweep } from "../../../src/engine/upkeep/sweep.js";
import { buildCatalogue, vendors } from "../../../src/providers/index.js";
import type { Vendor } from "../../../src/providers/shared/vendor.js";
import { seededRandom } from "../../kit/chance.js";
import { describedDownloads, describedFileUrl, describedInspector } from "../../kit/described-files.js";
import { silentLogger } from "../../kit/silent-logger.js";
import { createVendorClient, simulatedTransport } from "../../kit/transport.js";
import type { MemoryDatabase } from "../../memory/memory-database.js";
import { memoryPorts, noWebhooks } from "../../memory/memory-ports.js";
import { simulationOf } from "../../vendors/index.js";
import { createRunwaySimulation } from "../../vendors/runway/simulator.js";
import { FaultPlan } from "../../vendors/shared/faults.js";
import type { Simulator } from "../../vendors/shared/simulator.js";

/** Moments in the life of a job at which its owner may do something, in their order. */
export const moments = ["starting", "accepted", "running", "made", "storing", "stored"] as const;
export type Moment = (typeof moments)[number];

/** The engine with all simulated vendors, none of which fails by itself: what is lost, users have done. */
export interface Installation {
  readonly deps: Deps;
  readonly database: MemoryDatabase;
  /** What is done once, when a job of this user or one of its parts comes to the moment. */
  at(uid: string, moment: Moment, action: () => Promise<void>): void;
  /** Moves the clock from task to task, with the sweeper every minute, for at most this long. */
  run(seconds: number): Promise<void>;
  /** What vendors bill. */
  billedUsd(): number;
}

const apiKey = "bench-key";
/** Room for all users at once: what waits in a queue that is too short is no user's doing. */
const roomyRunway = createRunwaySimulation({
  creditBalance: 10_000_000,
  maxConcurrentGenerations: 200,
  maxDailyGenerations: null,
});
const startedAt = Date.UTC(2026, 10, 21, 0, 0, 30);
const nothing = () => undefined;

export function createInstallation(policy: Policy, credits: number, seed: number): Installation {
  let now = startedAt;
  let ids = 0;
  const clock = () => now;
  const armed: { uid: string; moment: Moment; action: () => Promise<void> }[] = [];

  /** Whoever waits for this moment acts before anything else happens. */
  async function reach(uid: string, moment: Moment): Promise<void> {
    const index = armed.findIndex((one) => one.uid === uid && one.moment === moment);
    if (index >= 0) await armed.splice(index, 1)[0]?.action();
  }

  const ownerOf = (jobId: string) => database.jobs.get(jobId)?.uid ?? "";
  const lines = vendors.map((vendor, index) => connect(vendor, clock, seed + index));
  const { database, ports } = memoryPorts({ now: clock, welcomeCredits: credits, policy });
  const { queue } = ports;
  const media = watchedMedia(ports.media, reach);
  const deps: Deps = {
    catalogue: buildCatalogue(vendors, new Set(vendors.map(({ id }) => id))),
    providers: new Map(lines.map(({ provider }) => [provider.id, watched(provider, ownerOf, reach)])),
    ...ports,
    media,
    inspector: describedInspector(media),
    downloads: describedDownloads(nothing),
    converter: null,
    webhooks: noWebhooks,
    log: silentLogger,
    now: clock,
    newId: () => `request-${++ids}`,
  };
  return {
    deps,
    database,
    at: (uid, moment, action) => {
      armed.push({ uid, moment, action });
    },
    async run(seconds) {
      const end = now + seconds * 1_000;
      while (now < end) {
        const nextMinute = (Math.floor(now / 60_000) + 1) * 60_000;
        now = Math.min(end, nextMinute, Math.max(now, queue.nextDueAt() ?? end));
        for (const task of queue.takeDue(now)) await runTask(deps, task);
        if (now === nextMinute) await sweep(deps);
      }
    },
    billedUsd: () => lines.reduce((sum, { simulator }) => sum + simulator.billedUsdMicros(), 0) / 1_000_000,
  };
}

function connect(
  vendor: Vendor,
  now: () => number,
  seed: number,
): { provider: VideoProvider; simulator: Simulator } {
  const faults = new FaultPlan([]);
  const simulation = vendor.id === roomyRunway.vendor ? roomyRunway : simulationOf(vendor.id);
  const world = {
    now,
    random: seededRandom(seed),
    generationFault: () => undefined,
    fileUrl: describedFileUrl,
  };
  const simulator = simulation.create(world, apiKey);
  const http = simulatedTransport(simulator, simulation, faults, () => false);
  return { provider: createVendorClient(vendor, { apiKey, http, now }), simulator };
}

type Reach = (uid: string, moment: Moment) => Promise<void>;

/** A provider that tells when a start leaves, is accepted, runs and has been made. */
function watched(provider: VideoProvider, ownerOf: (jobId: string) => string, reach: Reach): VideoProvider {
  const owners = new Map<string, string>();
  return {
    ...provider,
    async start(plan, context) {
      const uid = ownerOf(context.idempotencyKey.slice(0, context.idempotencyKey.lastIndexOf(":")));
      await reach(uid, "starting");
      const result = await provider.start(plan, context);
      if (result.status === "started") {
        owners.set(JSON.stringify(result.operation), uid);
        await reach(uid, "accepted");
      }
      return result;
    },
    async status(operation, ...rest) {
      const status = await provider.status(operation, ...rest);
      const uid = owners.get(JSON.stringify(operation)) ?? "";
      await reach(uid, status.status === "succeeded" ? "made" : "running");
      return status;
    },
  };
}

/** The owner of a file is the first folder of its path after what it is. */
function watchedMedia(media: MediaStore, reach: Reach): MediaStore {
  return {
    ...media,
    async write(path, ...rest) {
      const uid = path.split("/")[1] ?? "";
      await reach(uid, "storing");
      const stored = await media.write(path, ...rest);
      await reach(uid, "stored");
      return stored;
    },
  };
}
