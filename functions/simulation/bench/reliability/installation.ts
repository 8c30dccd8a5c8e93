import { Readable } from "node:stream";
import { createWebhookAccess } from "../../../src/adapters/shared/webhook-access.js";
import type { Job } from "../../../src/domain/job/job.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import type { VideoProvider } from "../../../src/domain/provider/provider.js";
import type { Deps } from "../../../src/engine/deps.js";
import type { Inspector } from "../../../src/engine/ports/inspector.js";
import type { Logger } from "../../../src/engine/ports/logger.js";
import type { MediaStore } from "../../../src/engine/ports/media-store.js";
import type { TaskQueue } from "../../../src/engine/ports/task-queue.js";
import type { MemoryDatabase } from "../../memory/memory-database.js";
import { memoryPorts } from "../../memory/memory-ports.js";
import { stationModel } from "./station-provider.js";
import { stations } from "./world.js";

const nothing = () => undefined;
const silence: Logger = { info: nothing, warn: nothing, error: nothing };

/** An installation in memory with three providers, no files and nobody to tell but the bench. */
export function createInstallation(options: {
  readonly policy: Policy;
  readonly queue: TaskQueue;
  readonly providers: readonly VideoProvider[];
  readonly now: () => number;
  readonly newId: () => string;
  readonly jobEnded: (job: Job) => void;
}): { readonly deps: Deps; readonly database: MemoryDatabase } {
  const { policy, queue, providers, now, newId, jobEnded } = options;
  const { database, ports } = memoryPorts({ now, welcomeCredits: 1_000, policy });
  const entries = stations.map((station, index) => ({
    model: stationModel(station),
    configured: true,
    priority: index + 1,
    affinities: {},
  }));
  const deps: Deps = {
    catalogue: { entries, providers: stations.map(({ id }) => id) },
    providers: new Map(providers.map((provider) => [provider.id, provider])),
    ...ports,
    queue,
    media: noFiles,
    inspector: soundFiles,
    downloads: {
      open: async () => ({ stream: Readable.from([]), contentType: "video/mp4", bytes: 0 }),
    },
    converter: null,
    notifier: { jobEnded: async (job) => jobEnded(job) },
    webhooks: createWebhookAccess({
      baseUrl: "https://fn.example.test",
      secrets: ["not-used"],
      signingSecrets: new Map(),
      outOfReach: new Set(),
    }),
    log: silence,
    now,
    newId,
  };
  return { deps, database };
}

/** Says that everything was written. */
const noFiles: MediaStore = {
  write: async (path, _source, { contentType, metadata }) => ({
    path,
    bytes: 0,
    sha256: "",
    contentType,
    metadata,
  }),
  stat: async () => null,
  read: async () => Buffer.alloc(0),
  signedUrl: async (path) => path,
  publicUrl: async (path) => path,
  delete: async () => undefined,
};

const soundFiles: Inspector = {
  picture: async () => null,
  video: async () => ({
    ok: true,
    facts: { width: 1280, height: 720, durationSeconds: 5, codec: "avc1", hasAudio: false },
  }),
};
