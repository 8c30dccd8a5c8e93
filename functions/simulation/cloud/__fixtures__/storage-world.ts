import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bucket, Storage } from "@google-cloud/storage";
import { GoogleAuth, JWT } from "google-auth-library";
import { createSigningKey, type SigningKey } from "../storage/downloads.js";
import { type StorageServer, startStorageServer } from "../storage-server.js";

/** The server on a directory of its own and the real client, led there as in a run. */
export interface StorageWorld {
  readonly key: SigningKey;
  readonly directory: string;
  readonly server: StorageServer;
  readonly bucket: Bucket;
  /** How far the server's clock is ahead of the wall. */
  aheadMs: number;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const bucketName = "demo-reelay.appspot.com";
/** Making a key takes a tenth of a second, so all tests of a file share one. */
const sharedKey = createSigningKey("demo-reelay");

export async function openStorageWorld(): Promise<StorageWorld> {
  const key = await sharedKey;
  const directory = await mkdtemp(join(tmpdir(), "reelay-storage-"));
  const open = () => startStorageServer({ directory, signers: [key], now: () => Date.now() + world.aheadMs });
  let server = await open();
  const world: StorageWorld = {
    key,
    directory,
    get server() {
      return server;
    },
    get bucket() {
      process.env.STORAGE_EMULATOR_HOST = server.origin;
      return bucketFor(key);
    },
    aheadMs: 0,
    async restart() {
      await server.close();
      server = await open();
    },
    async close() {
      delete process.env.STORAGE_EMULATOR_HOST;
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
  return world;
}

/** The bucket as the owner of a key sees it. No retries: a test wants to see the first answer. */
export function bucketFor({ clientEmail, privateKey }: SigningKey, name = bucketName): Bucket {
  const authClient = new GoogleAuth({ authClient: new JWT({ email: clientEmail, key: privateKey }) });
  // Where signing looks for the e-mail; passing `credentials` instead prints a warning.
  authClient.jsonContent = { client_email: clientEmail, private_key: privateKey };
  const retryOptions = { autoRetry: false, maxRetries: 0 };
  return new Storage({ projectId: "demo-reelay", authClient, retryOptions }).bucket(name);
}
