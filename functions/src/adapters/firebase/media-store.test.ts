import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type App, cert, deleteApp, initializeApp } from "firebase-admin/app";
import { getStorage } from "firebase-admin/storage";
import { createSigningKey } from "../../../simulation/cloud/storage/downloads.js";
import { type StorageServer, startStorageServer } from "../../../simulation/cloud/storage-server.js";
import { silentLogger } from "../../../simulation/kit/silent-logger.js";
import { describeMediaStoreContract } from "../../../test/contract/media-store.contract.js";
import { ObjectReplacedError } from "../../engine/ports/media-store.js";
import { firebaseMediaStore } from "./media-store.js";

const projectId = "demo-media";
const bucketName = "demo-media.appspot.com";

let app: App;
let directory: string;
let server: StorageServer;

const bucket = () => getStorage(app).bucket(bucketName);
const openStore = (now = Date.now) =>
  firebaseMediaStore({ bucketName, bucket: bucket(), log: silentLogger, now });

beforeAll(async () => {
  // firebase-admin 14.5.1 hands its key to the storage client in a way that client calls deprecated.
  jest.spyOn(console, "warn").mockImplementation(() => undefined);
  directory = await mkdtemp(join(tmpdir(), "reelay-media-"));
  const key = await createSigningKey(projectId);
  server = await startStorageServer({ directory, signers: [key] });
  process.env.STORAGE_EMULATOR_HOST = server.origin;
  app = initializeApp({ projectId, credential: cert({ projectId, ...key }) }, projectId);
});

beforeEach(async () => {
  await bucket().deleteFiles({ force: true });
});

afterAll(async () => {
  await deleteApp(app);
  await server.close();
  await rm(directory, { recursive: true });
  delete process.env.STORAGE_EMULATOR_HOST;
});

describeMediaStoreContract("Cloud Storage", async () => openStore());

describe("files in Cloud Storage", () => {
  const options = {
    contentType: "video/mp4" as const,
    maxBytes: 1_000_000,
    public: false,
    metadata: { attempt: "1" },
  };
  const content = (text: string) => Readable.from([Buffer.from(text)]);

  it("are saved rather than shown by a browser, and kept by no shared cache", async () => {
    await openStore().write("videos/a.mp4", content("hello"), options);
    const [metadata] = await bucket().file("videos/a.mp4").getMetadata();
    expect(metadata).toMatchObject({
      contentType: "video/mp4",
      contentDisposition: "attachment",
      cacheControl: "private",
    });
  });

  it("open for anybody when they are public, and for nobody when they are not", async () => {
    const media = openStore();
    await media.write("images/ada/a 1.png", content("picture"), { ...options, public: true });
    await media.write("videos/ada/a1.mp4", content("video"), options);
    const response = await fetch((await media.publicUrl("images/ada/a 1.png")) ?? "");
    expect([response.status, await response.text()]).toEqual([200, "picture"]);
    expect(await media.publicUrl("videos/ada/a1.mp4")).toBeNull();
  });

  it("open for whoever has a signed URL, for as long as it says by the installation's own clock", async () => {
    const daysAhead = Date.now() + 30 * 86_400_000;
    const media = openStore(() => daysAhead);
    await media.write("videos/a.mp4", content("hello"), options);
    const url = await media.signedUrl("videos/a.mp4", daysAhead + 60_000);
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, "hello"]);
    expect((await fetch(url.replace(/Signature=..../, "Signature=0000"))).status).toBe(403);
  });

  it("have the same link whenever it is signed as of the same moment", async () => {
    let now = Date.now();
    const media = openStore(() => now);
    const signedAt = now;
    const links = new Set<string>();
    // Between two readings of a clock some milliseconds may pass, and between two starts minutes.
    for (const laterMs of [0, 1, 2, 3]) {
      now = Date.now() + laterMs;
      links.add(await media.signedUrl("videos/a.mp4", signedAt + 3_600_000, signedAt));
    }
    expect(links.size).toBe(1);
  });

  it("are not replaced by a writer who began before the file that is there now", async () => {
    const media = openStore();
    let goOn = () => {};
    const heldUp = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    async function* slow() {
      begun();
      yield Buffer.from("old");
      await heldUp;
      yield Buffer.from(" attempt");
    }
    const late = media.write("videos/a.mp4", Readable.from(slow(), { objectMode: false }), options);
    await hasBegun;
    await media.write("videos/a.mp4", content("new attempt"), { ...options, metadata: { attempt: "2" } });
    goOn();
    await expect(late).rejects.toThrow(ObjectReplacedError);
    expect(await media.stat("videos/a.mp4")).toMatchObject({ bytes: 11, metadata: { attempt: "2" } });
  });

  it("count as absent while their hash is not written: their writer died", async () => {
    await bucket()
      .file("videos/a.mp4")
      .save("hello", { metadata: { metadata: { attempt: "1" } } });
    expect(await openStore().stat("videos/a.mp4")).toBeNull();
  });

  it("tell of an error that came before the first byte", async () => {
    const source = content("hello");
    source.destroy(new Error("gone before it began"));
    await expect(openStore().write("videos/a.mp4", source, options)).rejects.toThrow("gone before it began");
    expect(await openStore().stat("videos/a.mp4")).toBeNull();
  });
});
