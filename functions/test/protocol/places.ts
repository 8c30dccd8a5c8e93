import type { Firestore } from "firebase-admin/firestore";
import { hostSimulator, type RenderFile, type SimulatorHost } from "../../simulation/kit/vendor-host.js";
import { memoryLogger } from "../../simulation/memory/memory-ports.js";
import { firebaseBatchStore } from "../../src/adapters/firebase/batch-store.js";
import { firebaseCreditStore } from "../../src/adapters/firebase/credit-store.js";
import { firebaseDeliveryStore } from "../../src/adapters/firebase/delivery-store.js";
import { firebaseJobStore } from "../../src/adapters/firebase/job-store.js";
import { firebasePersonStore } from "../../src/adapters/firebase/person-store.js";
import { firebaseSnapshotStores } from "../../src/adapters/firebase/snapshot-stores.js";
import { createDownloads } from "../../src/adapters/media/downloads.js";
import type { Downloads } from "../../src/engine/ports/downloads.js";
import { createHttpClient } from "../../src/providers/shared/http.js";
import type { FirestoreBench } from "../contract/fixtures/firestore-bench.js";
import { createWorld, type World, type WorldOptions } from "../engine/world.js";

/** Where a story happens. */
export interface Place {
  readonly world: World;
  close(): Promise<void>;
}

export type OpenPlace = (options: WorldOptions) => Promise<Place>;

export const openInMemory: OpenPlace = async (options) => ({
  world: createWorld(options),
  close: async () => undefined,
});

/** The same world with documents in the emulator, and every call and file of a vendor over real HTTP. */
export function openOnFirestore({ db, clear }: FirestoreBench): OpenPlace {
  return async (options) => {
    await clear();
    const hosts: Promise<SimulatorHost>[] = [];
    const { credits: welcomeCredits = 1_000 } = options;
    const world = createWorld({
      ...options,
      transport: (simulator, simulation, faults) => {
        const host = hostSimulator(() => simulator, { render, faults, isStart: simulation.isStart });
        hosts.push(host);
        const http = createHttpClient({ minRetryDelayMs: 1 });
        return { send: async (request) => http.send({ ...request, url: atHost(request.url, await host) }) };
      },
      adapters: (now) => ({
        ...firestoreAdapters(db, welcomeCredits)(now),
        downloads: downloadsFrom(hosts),
      }),
    });
    const close = async () => {
      for (const host of await Promise.all(hosts)) await host.close();
    };
    return { world, close };
  };
}

/** The stores of a world on the emulator. */
export function firestoreAdapters(db: Firestore, welcomeCredits: number) {
  const log = memoryLogger();
  return (now: () => number) => ({
    jobs: firebaseJobStore(db, { log, welcomeCredits }),
    batches: firebaseBatchStore(db, { welcomeCredits }),
    credits: firebaseCreditStore(db, { welcomeCredits }),
    ...firebaseSnapshotStores(db, { log, now }),
    deliveries: firebaseDeliveryStore(db),
    persons: firebasePersonStore(db),
  });
}

/** A file is its description; the inspector of the world reads that. */
const render: RenderFile = async (file) => ({
  contentType: file.medium === "video" ? "video/mp4" : "image/png",
  bytes: Buffer.from(JSON.stringify(file)),
});

/** Any of the hosts serves any file. */
function downloadsFrom(hosts: readonly Promise<SimulatorHost>[]): Downloads {
  const downloads = createDownloads({ loopbackHosts: ["127.0.0.1"] });
  return {
    async open(url, allowedHosts, limits) {
      const [host] = await Promise.all(hosts);
      return downloads.open(host === undefined ? url : atHost(url, host), allowedHosts, limits);
    },
  };
}

function atHost(url: string, { origin }: SimulatorHost): string {
  const { pathname, search } = new URL(url);
  return `${origin}${pathname}${search}`;
}
