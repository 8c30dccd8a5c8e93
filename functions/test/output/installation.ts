import { EventEmitter } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, cert, deleteApp, initializeApp } from "firebase-admin/app";
import { getStorage } from "firebase-admin/storage";
import { createSigningKey } from "../../simulation/cloud/storage/downloads.js";
import { type StorageServer, startStorageServer } from "../../simulation/cloud/storage-server.js";
import { checkWorker } from "../../simulation/kit/check-worker.js";
import { standInTolerance } from "../../simulation/kit/clips/clip.js";
import { type ClipFactory, createClipFactory } from "../../simulation/kit/clips/clip-factory.js";
import { silentLogger } from "../../simulation/kit/silent-logger.js";
import { firebaseMediaStore } from "../../src/adapters/firebase/media-store.js";
import { createDownloads } from "../../src/adapters/media/downloads.js";
import { openFfmpegConverter } from "../../src/adapters/media/ffmpeg-converter.js";
import { createInspector } from "../../src/adapters/media/inspector.js";
import { plainPrices } from "../../src/domain/__fixtures__/policies.js";
import type { OperationStatus, VideoProvider } from "../../src/domain/provider/provider.js";
import type { MediaStore } from "../../src/engine/ports/media-store.js";
import { createWorld, type World } from "../engine/world.js";
import { type FileServer, startFileServer } from "./file-server.js";

// teeny-request 10 hangs eleven listeners on the stream of every download and is warned of a leak.
EventEmitter.defaultMaxListeners = 20;

const projectId = "demo-output";
/** Above every clip, and quickly reached by a stream that has no end. */
const maxOutputBytes = 4 * 1024 * 1024;

/** Real files, real downloads, real storage: shared by worlds whose clocks are moved by hand. */
export interface Installation {
  readonly files: FileServer;
  /** A new world; every file comes from `files`, or from where `relocate` says. */
  world(options?: { relocate?: (url: string) => string; ffmpeg?: string }): Promise<World>;
  close(): Promise<void>;
}

export async function openInstallation(): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), "reelay-output-"));
  const clips: ClipFactory = createClipFactory({ cacheDirectory: join(directory, "clips") });
  const files = await startFileServer(clips.render);
  const key = await createSigningKey(projectId);
  const storage: StorageServer = await startStorageServer({
    directory: join(directory, "storage"),
    signers: [key],
  });
  process.env.STORAGE_EMULATOR_HOST = storage.origin;
  const app: App = initializeApp({ projectId, credential: cert({ projectId, ...key }) }, projectId);
  let worlds = 0;
  /** Job ids are the same in every world, so each has a bucket of its own. */
  function openMedia(): MediaStore {
    const bucketName = `world-${++worlds}.appspot.com`;
    const bucket = getStorage(app).bucket(bucketName);
    return firebaseMediaStore({ bucketName, bucket, log: silentLogger, now: Date.now });
  }
  return {
    files,
    async world({
      relocate = (url: string) => url.replace("https://files.example.test", files.origin),
      ffmpeg,
    } = {}) {
      const limits = { ...plainPrices.limits, maxOutputBytes, storeTries: 2, maxAttempts: 1 };
      const world = createWorld({
        policy: {
          ...plainPrices,
          limits,
          output: { ...plainPrices.output, pixelTolerance: standInTolerance },
        },
        wrap: (provider) => relocated(provider, relocate),
      });
      const downloads = createDownloads({
        loopbackHosts: ["127.0.0.1"],
        totalTimeoutMs: 2_000,
        idleTimeoutMs: 1_000,
      });
      const media = openMedia();
      const converter = ffmpeg === undefined ? null : await openFfmpegConverter({ program: ffmpeg, media });
      const inspector = createInspector(media, { worker: await checkWorker() });
      Object.assign(world.deps, { media, downloads, converter, inspector });
      return world;
    },
    async close() {
      await deleteApp(app);
      await files.close();
      await storage.close();
      await clips.close();
      await rm(directory, { recursive: true });
      delete process.env.STORAGE_EMULATOR_HOST;
    },
  };
}

/** The simulators name hosts that do not exist; here their files have a place. */
function relocated(provider: VideoProvider, relocate: (url: string) => string): VideoProvider {
  return {
    ...provider,
    async status(operation): Promise<OperationStatus> {
      const status = await provider.status(operation);
      if (status.status !== "succeeded") return status;
      const { outputUrl, thumbnailUrl } = status;
      return {
        ...status,
        outputUrl: relocate(outputUrl),
        ...(thumbnailUrl === undefined ? {} : { thumbnailUrl: relocate(thumbnailUrl) }),
      };
    },
  };
}
