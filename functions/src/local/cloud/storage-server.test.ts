import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bucket, Storage } from "@google-cloud/storage";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createSigningKey, type SigningKey } from "./signing-key.js";
import { type StorageServer, startStorageServer } from "./storage-server.js";

const projectId = "demo-reelay";
const bucketName = "demo-reelay.appspot.com";
const hourMs = 3_600_000;

let key: SigningKey;
let directory: string;
let server: StorageServer;
let bucket: Bucket;
let aheadMs: number;

async function open(): Promise<void> {
  server = await startStorageServer({ directory, signers: [key], now: () => Date.now() + aheadMs });
  process.env.STORAGE_EMULATOR_HOST = server.origin;
  bucket = storageWith(key).bucket(bucketName);
}

function storageWith({ clientEmail, privateKey }: SigningKey, retries = 0): Storage {
  return new Storage({
    projectId,
    credentials: { client_email: clientEmail, private_key: privateKey },
    retryOptions: { autoRetry: retries > 0, maxRetries: retries },
  });
}

beforeAll(async () => {
  key = await createSigningKey(projectId);
});

beforeEach(async () => {
  aheadMs = 0;
  directory = await mkdtemp(join(tmpdir(), "reelay-storage-"));
  await open();
});

afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

afterAll(() => {
  delete process.env.STORAGE_EMULATOR_HOST;
});

const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest("base64");
const names = (files: readonly { name: string }[]) => files.map(({ name }) => name);

function signed(name: string, action: "read" | "write", more: Record<string, unknown> = {}): Promise<string> {
  const expires = Date.now() + hourMs;
  return bucket
    .file(name)
    .getSignedUrl({ version: "v4", action, expires, ...more })
    .then(([url]) => url);
}

describe("uploads", () => {
  it("stores small files sent with their metadata in one request", async () => {
    const file = bucket.file("videos/u1/job 1 (final).mp4");
    await file.save("hello", {
      resumable: false,
      contentType: "video/mp4",
      validation: "md5",
      metadata: { cacheControl: "private", metadata: { jobId: "j1" } },
    });
    const [metadata] = await file.getMetadata();
    expect(metadata).toMatchObject({
      name: "videos/u1/job 1 (final).mp4",
      bucket: bucketName,
      contentType: "video/mp4",
      cacheControl: "private",
      size: "5",
      md5Hash: md5(Buffer.from("hello")),
      crc32c: "mnG7TA==",
      metageneration: "1",
      metadata: { jobId: "j1" },
    });
    expect((await file.download())[0].toString()).toBe("hello");
  });

  it("keeps bytes that look like the end of a multipart body", async () => {
    const bytes = Buffer.from(`\r\n--\r\n\r\n--${"x".repeat(70_000)}\r\n--`);
    await bucket.file("tricky").save(bytes, { resumable: false });
    expect((await bucket.file("tricky").download())[0].equals(bytes)).toBe(true);
  });

  it("stores an empty file", async () => {
    for (const resumable of [false, true]) {
      await bucket.file("empty").save("", { resumable });
      expect((await bucket.file("empty").download())[0]).toHaveLength(0);
    }
  });

  it("stores 5 MB through a resumable upload of unknown length", async () => {
    const bytes = randomBytes(5 * 1024 * 1024);
    await bucket.file("big.mp4").save(bytes, { resumable: true, validation: "crc32c" });
    const [metadata] = await bucket.file("big.mp4").getMetadata();
    expect(metadata).toMatchObject({ contentType: "video/mp4", md5Hash: md5(bytes) });
    expect((await bucket.file("big.mp4").download({ validation: "md5" }))[0].equals(bytes)).toBe(true);
  });

  it("stores a resumable upload that comes in chunks", async () => {
    const bytes = randomBytes(1_000_000);
    await bucket.file("chunks.bin").save(bytes, { resumable: true, chunkSize: 256 * 1024 });
    expect((await bucket.file("chunks.bin").download())[0].equals(bytes)).toBe(true);
  });

  it("goes on where a broken resumable upload stopped", async () => {
    const bytes = randomBytes(600_000);
    const [uri] = await bucket.file("broken.bin").createResumableUpload();
    await breakOff(uri, bytes.subarray(0, 400_000), `bytes 0-599999/600000`);
    const status = await fetch(uri, { method: "PUT", headers: { "content-range": "bytes */*" } });
    expect(status.status).toBe(308);
    const received = Number(/^bytes=0-(\d+)$/.exec(status.headers.get("range") ?? "")?.[1]) + 1;
    expect(received).toBe(400_000);
    const rest = await fetch(uri, {
      method: "PUT",
      headers: { "content-range": `bytes 300000-599999/600000` },
      body: bytes.subarray(300_000),
    });
    expect(await rest.json()).toMatchObject({ md5Hash: md5(bytes), size: "600000" });
    const again = await fetch(uri, { method: "PUT", headers: { "content-range": "bytes */600000" } });
    expect(await again.json()).toMatchObject({ md5Hash: md5(bytes) });
  });

  it("completes an upload whose last request only names the total", async () => {
    const [uri] = await bucket.file("total.bin").createResumableUpload();
    const chunk = await fetch(uri, {
      method: "PUT",
      headers: { "content-range": "bytes 0-2/*" },
      body: "abc",
    });
    expect([chunk.status, chunk.headers.get("range")]).toEqual([308, "bytes=0-2"]);
    const end = await fetch(uri, { method: "PUT", headers: { "content-range": "bytes */3" } });
    expect(await end.json()).toMatchObject({ size: "3" });
  });

  it("refuses bytes that do not match the promised hash", async () => {
    const file = bucket.file("damaged");
    const wrong = { metadata: { md5Hash: md5(Buffer.from("other")) }, resumable: false, validation: false };
    await expect(file.save("hello", wrong)).rejects.toMatchObject({ code: 400 });
    expect(await file.exists()).toEqual([false]);
    expect(await readdir(join(directory, ".incoming"))).toEqual([]);
  });
});

describe("preconditions", () => {
  it("creates only what is not there yet, even when two try at once", async () => {
    const options = { preconditionOpts: { ifGenerationMatch: 0 }, resumable: false };
    const results = await Promise.allSettled(
      ["first", "second"].map((text) => bucket.file("once").save(text, options)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(bucket.file("once").save("third", { ...options, resumable: true })).rejects.toMatchObject({
      response: { status: 412 },
    });
    expect((await readdir(join(directory, bucketName))).length).toBe(2);
  });

  it("replaces, changes and deletes only the generation that was named", async () => {
    const file = bucket.file("a");
    await file.save("one", { resumable: false });
    const [{ generation }] = await file.getMetadata();
    await file.save("two", { resumable: false, preconditionOpts: { ifGenerationMatch: Number(generation) } });
    const stale = { ifGenerationMatch: Number(generation) };
    await expect(file.delete(stale)).rejects.toMatchObject({ code: 412 });
    await expect(file.setMetadata({ contentType: "x/y" }, stale)).rejects.toMatchObject({ code: 412 });
    expect((await file.download())[0].toString()).toBe("two");
  });
});

describe("objects", () => {
  it("sends the part of the bytes that is asked for", async () => {
    await bucket.file("range.txt").save("0123456789", { resumable: false });
    const [part] = await bucket.file("range.txt").download({ start: 2, end: 4 });
    expect(part.toString()).toBe("234");
    await bucket.file("range.txt").makePublic();
    const url = `${server.origin}/${bucketName}/range.txt`;
    const read = async (range: string) => {
      const response = await fetch(url, { headers: { range } });
      return [response.status, response.headers.get("content-range"), await response.text()];
    };
    expect(await read("bytes=7-")).toEqual([206, "bytes 7-9/10", "789"]);
    expect(await read("bytes=-2")).toEqual([206, "bytes 8-9/10", "89"]);
    expect(await read("bytes=5-100")).toEqual([206, "bytes 5-9/10", "56789"]);
    expect((await read("bytes=10-"))[0]).toBe(416);
    expect(await read("lines=1")).toEqual([200, null, "0123456789"]);
  });

  it("changes metadata without touching the bytes", async () => {
    const file = bucket.file("a");
    await file.save("one", { resumable: false, metadata: { metadata: { keep: "1", drop: "2" } } });
    await file.setMetadata({ contentType: "text/csv", metadata: { drop: null, add: "3" } });
    const [metadata] = await file.getMetadata();
    expect(metadata).toMatchObject({ contentType: "text/csv", metageneration: "2", size: "3" });
    expect(metadata.metadata).toEqual({ keep: "1", add: "3" });
  });

  it("lists by prefix, by folder and page by page", async () => {
    for (const name of ["v/b/2", "v/a/1", "v/top", "other"]) {
      await bucket.file(name).save("x", { resumable: false });
    }
    const [files] = await bucket.getFiles({ prefix: "v/" });
    expect(names(files)).toEqual(["v/a/1", "v/b/2", "v/top"]);
    const [top, , answer] = await bucket.getFiles({ prefix: "v/", delimiter: "/", autoPaginate: false });
    expect(names(top)).toEqual(["v/top"]);
    expect(answer).toMatchObject({ prefixes: ["v/a/", "v/b/"] });
    const [first, next] = await bucket.getFiles({ maxResults: 3, autoPaginate: false });
    const [second, end] = await bucket.getFiles({ ...next, autoPaginate: false });
    expect([names(first), names(second), end]).toEqual([["other", "v/a/1", "v/b/2"], ["v/top"], null]);
  });

  it("copies with the metadata, moves and deletes", async () => {
    const file = bucket.file("from");
    await file.save("one", { resumable: false, contentType: "video/mp4", public: true });
    const [copy] = await file.copy("to");
    expect((await copy.getMetadata())[0]).toMatchObject({ contentType: "video/mp4", size: "3" });
    expect(await copy.isPublic()).toEqual([false]);
    await copy.move("moved");
    await file.delete();
    expect(names((await bucket.getFiles())[0])).toEqual(["moved"]);
    expect((await bucket.file("moved").download())[0].toString()).toBe("one");
  });

  it("reports what is not there as 404", async () => {
    const file = bucket.file("missing");
    expect(await file.exists()).toEqual([false]);
    await expect(file.download()).rejects.toMatchObject({ code: 404 });
    await expect(file.delete()).rejects.toMatchObject({ code: 404 });
    await file.delete({ ignoreNotFound: true });
  });

  it("survive a restart, as files that can be opened", async () => {
    await bucket.file("videos/keep.mp4").save("kept", { resumable: false });
    await bucket.file("videos/gone.mp4").save("gone", { resumable: false });
    await bucket.file("videos/gone.mp4").delete();
    const [before] = await bucket.file("videos/keep.mp4").getMetadata();
    await server.close();
    await open();
    expect((await bucket.file("videos/keep.mp4").getMetadata())[0]).toMatchObject({
      generation: before.generation,
      contentType: "video/mp4",
    });
    const files = await readdir(join(directory, bucketName));
    const [bytes = ""] = files.filter((file) => file.endsWith("-keep.mp4"));
    expect(await readFile(join(directory, bucketName, bytes), "utf8")).toBe("kept");
    expect(files).toHaveLength(2);
  });

  it("never leave their directory", async () => {
    await bucket.file("../../outside").save("x", { resumable: false });
    expect((await bucket.file("../../outside").download())[0].toString()).toBe("x");
    const outside = storageWith(key).bucket("../outside").file("x");
    await expect(outside.save("x", { resumable: false })).rejects.toThrow();
    expect(await readdir(directory)).toEqual([".incoming", bucketName]);
  });
});

describe("access", () => {
  const urlOf = (name: string) => `${server.origin}/${bucketName}/${name}`;

  it("denies strangers a private object, and does not say whether it exists", async () => {
    await bucket.file("private.mp4").save("secret", { resumable: false });
    for (const name of ["private.mp4", "missing.mp4"]) {
      const response = await fetch(urlOf(name));
      expect([response.status, await response.text()]).toEqual([
        403,
        expect.stringContaining("<Code>AccessDenied</Code>"),
      ]);
    }
    const put = await fetch(urlOf("private.mp4"), { method: "PUT", body: "mine" });
    expect(put.status).toBe(403);
  });

  it("opens a public object to everybody until it is private again", async () => {
    const file = bucket.file("public.mp4");
    await file.save("open", { resumable: false });
    await file.makePublic();
    const response = await fetch(urlOf("public.mp4"));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    expect(await response.text()).toBe("open");
    await file.makePrivate();
    expect((await fetch(urlOf("public.mp4"))).status).toBe(403);
  });

  it("opens a signed URL until it expires", async () => {
    const name = "videos/u1/it's (new) + 100%.mp4";
    await bucket.file(name).save("bytes", { resumable: false });
    const url = await signed(name, "read");
    const response = await fetch(url, { headers: { range: "bytes=1-2" } });
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      206,
      "video/mp4",
      "yt",
    ]);
    aheadMs = hourMs + 2_000;
    const expired = await fetch(url);
    expect([expired.status, await expired.text()]).toEqual([400, expect.stringContaining("ExpiredToken")]);
  });

  it("names the file as the signed URL says", async () => {
    await bucket.file("a.mp4").save("bytes", { resumable: false });
    const url = await signed("a.mp4", "read", { promptSaveAs: "My video.mp4", responseType: "video/x-test" });
    const response = await fetch(url);
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="My video.mp4"');
    expect(response.headers.get("content-type")).toBe("video/x-test");
  });

  it("refuses a signed URL for another object, method, time or signer", async () => {
    for (const name of ["a.mp4", "b.mp4"]) await bucket.file(name).save("bytes", { resumable: false });
    const url = await signed("a.mp4", "read");
    const stranger = await createSigningKey(projectId);
    const [foreign] = await storageWith({ ...stranger, clientEmail: key.clientEmail })
      .bucket(bucketName)
      .file("a.mp4")
      .getSignedUrl({ version: "v4", action: "read", expires: Date.now() + hourMs });
    const [unknown] = await storageWith({ ...stranger, clientEmail: "x@y.example" })
      .bucket(bucketName)
      .file("a.mp4")
      .getSignedUrl({ version: "v4", action: "read", expires: Date.now() + hourMs });
    const forged = [
      url.replace("/a.mp4", "/b.mp4"),
      url.replace("X-Goog-Expires=3", "X-Goog-Expires=4"),
      `${url}&response-content-type=text%2Fhtml`,
      foreign,
      unknown,
    ];
    for (const wrong of forged) expect((await fetch(wrong)).status).toBe(403);
    expect((await fetch(url, { method: "DELETE" })).status).toBe(403);
    expect((await fetch(url)).status).toBe(200);
  });

  it("takes an upload through a signed URL with the content type it was signed for", async () => {
    const url = await signed("up.mp4", "write", { contentType: "video/mp4" });
    const wrong = await fetch(url, { method: "PUT", body: "x", headers: { "content-type": "text/html" } });
    expect(wrong.status).toBe(403);
    const put = await fetch(url, { method: "PUT", body: "vendor", headers: { "content-type": "video/mp4" } });
    expect(put.status).toBe(200);
    const [metadata] = await bucket.file("up.mp4").getMetadata();
    expect(metadata).toMatchObject({ contentType: "video/mp4", size: "6" });
  });

  it("bounds an upload through a signed URL", async () => {
    const extensionHeaders = { "x-goog-content-length-range": "1,100000" };
    const url = await signed("up.mp4", "write", { extensionHeaders });
    const streamed = new ReadableStream({
      start(controller) {
        for (let chunk = 0; chunk < 4; chunk += 1) controller.enqueue(randomBytes(50_000));
        controller.close();
      },
    });
    for (const body of [randomBytes(200_000), streamed]) {
      const init: RequestInit = { method: "PUT", body, headers: extensionHeaders };
      const response = await fetch(url, { ...init, duplex: "half" } as RequestInit);
      expect([response.status, await response.text()]).toEqual([
        400,
        expect.stringContaining("EntityTooLarge"),
      ]);
    }
    expect(await bucket.file("up.mp4").exists()).toEqual([false]);
  });
});

/** Sends some bytes of a request that promised more, then cuts the connection. */
function breakOff(uri: string, bytes: Buffer, contentRange: string): Promise<void> {
  return new Promise((resolve) => {
    const request = httpRequest(uri, {
      method: "PUT",
      headers: { "content-range": contentRange, "content-length": "600000" },
    });
    request.on("error", () => resolve());
    request.write(bytes, () => setImmediate(() => request.destroy()));
  });
}
