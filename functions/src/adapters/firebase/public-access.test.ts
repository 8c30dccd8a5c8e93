import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { type App, cert, deleteApp, initializeApp } from "firebase-admin/app";
import { getStorage } from "firebase-admin/storage";
import type { BucketAccess } from "../../../simulation/cloud/storage/bucket-access.js";
import { createSigningKey, type SigningKey } from "../../../simulation/cloud/storage/downloads.js";
import { type StorageServer, startStorageServer } from "../../../simulation/cloud/storage-server.js";
import type { LogFields, Logger } from "../../engine/ports/logger.js";
import { type Bucket, firebaseMediaStore } from "./media-store.js";
import { createPublicAccess } from "./public-access.js";

const projectId = "demo-access";
const picture = { contentType: "image/png", maxBytes: 1_000, public: true, metadata: {} } as const;

let key: SigningKey;
let lines: { event: string; fields: LogFields }[];
let close: (() => Promise<void>) | undefined;

beforeAll(async () => {
  jest.spyOn(console, "warn").mockImplementation(() => undefined);
  key = await createSigningKey(projectId);
});

afterEach(async () => {
  await close?.();
  close = undefined;
});

afterAll(() => {
  delete process.env.STORAGE_EMULATOR_HOST;
});

/** A media store at a server whose buckets are like that, with the log that it writes. */
async function openStore(access: BucketAccess, change: (bucket: Bucket) => void = () => undefined) {
  const directory = await mkdtemp(join(tmpdir(), "reelay-access-"));
  const server: StorageServer = await startStorageServer({ directory, signers: [key], access });
  process.env.STORAGE_EMULATOR_HOST = server.origin;
  const app: App = initializeApp({ projectId, credential: cert({ projectId, ...key }) }, directory);
  const bucket = getStorage(app).bucket("pictures");
  change(bucket);
  lines = [];
  const write = (event: string, fields: LogFields) => void lines.push({ event, fields });
  const log: Logger = { info: write, warn: write, error: write };
  close = async () => {
    await deleteApp(app);
    await server.close();
    await rm(directory, { recursive: true });
  };
  const media = firebaseMediaStore({ bucketName: "pictures", bucket, log, now: Date.now });
  return { media, bucket, log };
}

const bytes = () => Readable.from([Buffer.from("picture")]);
const forbidden = () => Promise.reject(Object.assign(new Error("storage.buckets.get"), { code: 403 }));

describe("a public picture", () => {
  it("opens for everybody below the folder that a bucket with uniform access makes public", async () => {
    const { media } = await openStore({ type: "uniform", publicPrefixes: ["images/"] });
    await media.write("images/ada/a.png", bytes(), picture);
    const response = await fetch((await media.publicUrl("images/ada/a.png")) ?? "");
    expect([response.status, await response.text()]).toEqual([200, "picture"]);
    expect(lines).toEqual([]);
  });

  it("is stored where no folder is public, has no address, and the log names the command once", async () => {
    const { media } = await openStore({ type: "uniform", publicPrefixes: [] });
    for (const path of ["images/ada/a.png", "images/ada/b.png"]) {
      await media.write(path, bytes(), picture);
      expect(await media.publicUrl(path)).toBeNull();
      expect((await fetch(await media.signedUrl(path, Date.now() + 60_000))).status).toBe(200);
    }
    expect(lines).toEqual([
      {
        event: "storage.pictures_not_public",
        fields: {
          bucket: "pictures",
          remedy: expect.stringMatching(/^gcloud .*gs:\/\/pictures\/images\/ .*allUsers/),
        },
      },
    ]);
  });

  it("is stored without a list of access also by an account that may not look at the bucket", async () => {
    const { media } = await openStore({ type: "uniform", publicPrefixes: ["images/"] }, (bucket) => {
      bucket.getMetadata = forbidden;
    });
    await media.write("images/ada/a.png", bytes(), picture);
    expect(await media.publicUrl("images/ada/a.png")).toMatch(/^http/);
  });

  it("has a list of its own in a bucket without uniform access", async () => {
    const { media, bucket } = await openStore({ type: "objects" });
    await media.write("images/ada/a.png", bytes(), picture);
    expect(await bucket.file("images/ada/a.png").isPublic()).toEqual([true]);
    expect(await media.publicUrl("images/ada/a.png")).toMatch(/^http/);
  });

  it("asks a bucket with uniform access for no list at all", async () => {
    const { bucket, log } = await openStore({ type: "uniform", publicPrefixes: [] });
    expect(await createPublicAccess(bucket, log).takesObjectAcls()).toBe(false);
    await expect(bucket.file("a").save("x", { resumable: false, public: true })).rejects.toMatchObject({
      code: 400,
      message: expect.stringContaining("Cannot insert legacy ACL for an object"),
    });
  });

  it("is tried again when it cannot be found out whether it opens", async () => {
    const { media, bucket } = await openStore({ type: "objects" });
    await media.write("images/ada/a.png", bytes(), picture);
    await bucket.file("images/ada/a.png").delete();
    await close?.();
    close = undefined;
    await expect(media.publicUrl("images/ada/a.png")).rejects.toThrow();
  });
});
