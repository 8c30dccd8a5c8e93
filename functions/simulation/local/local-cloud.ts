import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stores } from "../../src/entrypoints/config/compose.js";
import { vendors } from "../../src/providers/index.js";
import { startFirestoreEmulator } from "../cloud/firestore-emulator.js";
import { createSigningKey, type SigningKey } from "../cloud/storage/downloads.js";
import { startStorageServer } from "../cloud/storage-server.js";
import { startTasksServer } from "../cloud/tasks-server.js";
import { createClipFactory } from "../kit/clips/clip-factory.js";
import { type LocalClock, pacedClock, realClock } from "../kit/clock.js";
import { type RunningSimulation, startSimulation } from "../kit/vendor-host.js";
import { memoryStores } from "../memory/memory-ports.js";
import { simulations } from "../vendors/index.js";
import type { FaultSpec } from "../vendors/shared/faults.js";
import { startWebhookSender } from "./webhook-sender.js";

export const projectId = "demo-reelay";
export const region = "us-central1";
export const bucket = `${projectId}.appspot.com`;

/** How much faster than the wall time runs while every vendor is simulated. */
const compressedScale = 60;
const localKey = "local-key";

export interface LocalCloudOptions {
  /** Where objects and rendered clips are kept. */
  readonly directory: string;
  readonly rulesFile: string;
  readonly seed: number;
  readonly faults: readonly FaultSpec[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How much faster than the wall time runs; absent, fast while every vendor is simulated. */
  readonly scale?: number;
  /**
   * Told whenever this machine is too busy for the speed of the clock, which then waits for it. Without,
   * the clock waits for nobody: another process that shares the time could not know.
   */
  readonly onLate?: (withheldMs: number) => void;
}

/** Everything that the functions need around them, on the loopback interface. */
export interface LocalCloud {
  readonly clock: LocalClock;
  readonly scale: number;
  /** Wall time at which local and wall clock agreed: a second process shares the time with it. */
  readonly clockStart: number;
  readonly store: "firestore-emulator" | "memory";
  /** Why there is no Firestore emulator. */
  readonly storeReason: string | null;
  readonly simulations: readonly RunningSimulation[];
  readonly storageDirectory: string;
  /** What the functions are to find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts the servers. Closing stops all of them, and nothing else. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const external = vendors.filter((vendor) => options.environment[vendor.baseUrlName]);
  // Real poll floors hold against any server that is not ours.
  const scale = external.length > 0 ? 1 : (options.scale ?? compressedScale);
  const clockStart = Date.now();
  const paced =
    options.onLate === undefined || scale === 1 ? null : pacedClock(scale, clockStart, options.onLate);
  const clock = paced ?? realClock(scale, clockStart);
  const storageDirectory = join(options.directory, "storage");
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    paced?.stop();
    await Promise.all(closers.map((closeOne) => closeOne()));
  };
  try {
    const clips = createClipFactory({ cacheDirectory: join(options.directory, "clips") });
    closers.push(() => clips.close());
    const signingKey = await createSigningKey(projectId);
    const keyFile = await writeKeyFile(options.directory, signingKey);
    closers.push(() => rm(keyFile, { force: true }));
    const [firestore, tasks, storage, ...running] = await Promise.all([
      startFirestoreEmulator({ rulesFile: options.rulesFile, projectId, environment: options.environment }),
      startTasksServer({ clock }),
      startStorageServer({ directory: storageDirectory, signers: [signingKey] }),
      ...simulations
        .filter((simulation) => !external.some((vendor) => vendor.id === simulation.vendor))
        .map((simulation, index) =>
          startSimulation(simulation, {
            apiKey: localKey,
            clock,
            seed: options.seed * 1_000 + index,
            faults: options.faults,
            render: clips.render,
          }),
        ),
    ]);
    closers.push(
      () => tasks.close(),
      () => storage.close(),
      ...running.map(
        ({ host }) =>
          () =>
            host.close(),
      ),
    );
    const webhookSender = startWebhookSender(clock, running);
    closers.push(() => webhookSender.close());
    if (firestore.status === "running") closers.push(() => firestore.emulator.stop());
    return {
      clock,
      scale,
      clockStart,
      store: firestore.status === "running" ? "firestore-emulator" : "memory",
      storeReason: firestore.status === "running" ? null : firestore.reason,
      simulations: running,
      storageDirectory,
      environment: {
        ...emulatorEnvironment,
        ...vendorEnvironment(running, options.environment),
        // A server that is not ours may refuse a callback address on this machine.
        ...(external.length === 0 ? { WEBHOOK_SECRET: "local-webhook-secret" } : {}),
        ...nobodyThere,
        GOOGLE_APPLICATION_CREDENTIALS: keyFile,
        STORAGE_EMULATOR_HOST: storage.origin,
        CLOUD_TASKS_ENDPOINT: `127.0.0.1:${tasks.port}`,
        ...(firestore.status === "running"
          ? { FIRESTORE_EMULATOR_HOST: `${firestore.emulator.host}:${firestore.emulator.port}` }
          : {}),
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Links are signed with it; it is made anew by each run, and only the local storage server takes it. */
async function writeKeyFile(directory: string, { clientEmail, privateKey }: SigningKey): Promise<string> {
  const account = { type: "service_account", project_id: projectId };
  const path = join(directory, `signing-key-${process.pid}.json`);
  await mkdir(directory, { recursive: true });
  await writeFile(path, JSON.stringify({ ...account, client_email: clientEmail, private_key: privateKey }), {
    mode: 0o600,
  });
  return path;
}

/** Where the local cloud has no server, calls must end on this machine: nothing listens at this port. */
const nobodyThere = {
  FIRESTORE_EMULATOR_HOST: "127.0.0.1:9",
  FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9",
};

/** What the Firebase libraries look at to know that they are on a laptop. */
const emulatorEnvironment = {
  GCLOUD_PROJECT: projectId,
  GOOGLE_CLOUD_PROJECT: projectId,
  FUNCTIONS_EMULATOR: "true",
  FIREBASE_DEBUG_MODE: "true",
  FIREBASE_DEBUG_FEATURES: JSON.stringify({ skipTokenVerification: true }),
  FIREBASE_CONFIG: JSON.stringify({ projectId, storageBucket: bucket }),
  // Otherwise the Google libraries ask the network for a service account.
  METADATA_SERVER_DETECTION: "none",
  WELCOME_CREDITS: "1000",
};

/** Address and key of every vendor: the simulator's, or those of the server that stands in for it. */
function vendorEnvironment(
  running: readonly RunningSimulation[],
  environment: LocalCloudOptions["environment"],
): Record<string, string> {
  return Object.fromEntries(
    vendors.flatMap((vendor) => {
      const simulation = running.find(({ vendor: id }) => id === vendor.id);
      if (simulation !== undefined) {
        return [
          [vendor.baseUrlName, simulation.host.origin],
          [vendor.keyName, localKey],
        ];
      }
      return [[vendor.keyName, environment[vendor.keyName] || localKey]];
    }),
  );
}

/** The stores of a laptop without a Firestore emulator. */
export function localStores(clock: LocalClock): Stores {
  const welcomeCredits = Number(emulatorEnvironment.WELCOME_CREDITS);
  return memoryStores({ now: () => clock.now(), welcomeCredits }).stores;
}
