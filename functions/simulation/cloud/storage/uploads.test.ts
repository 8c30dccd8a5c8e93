import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { bucketName, openStorageWorld, type StorageWorld } from "../__fixtures__/storage-world.js";

let at: StorageWorld;

beforeEach(async () => {
  at = await openStorageWorld();
});

afterEach(() => at.close());

const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest("base64");

describe("uploads", () => {
  it("stores small files sent with their metadata in one request", async () => {
    const file = at.bucket.file("videos/u1/job 1 (final).mp4");
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
    await at.bucket.file("tricky").save(bytes, { resumable: false });
    expect((await at.bucket.file("tricky").download())[0].equals(bytes)).toBe(true);
  });

  it("stores an empty file", async () => {
    for (const resumable of [false, true]) {
      await at.bucket.file("empty").save("", { resumable });
      expect((await at.bucket.file("empty").download())[0]).toHaveLength(0);
    }
  });

  it("stores 5 MB through a resumable upload of unknown length", async () => {
    const bytes = randomBytes(5 * 1024 * 1024);
    await at.bucket.file("big.mp4").save(bytes, { resumable: true, validation: "crc32c" });
    const [metadata] = await at.bucket.file("big.mp4").getMetadata();
    expect(metadata).toMatchObject({ contentType: "video/mp4", md5Hash: md5(bytes) });
    expect((await at.bucket.file("big.mp4").download({ validation: "md5" }))[0].equals(bytes)).toBe(true);
  });

  it("stores a resumable upload that comes in chunks", async () => {
    const bytes = randomBytes(1_000_000);
    await at.bucket.file("chunks.bin").save(bytes, { resumable: true, chunkSize: 256 * 1024 });
    expect((await at.bucket.file("chunks.bin").download())[0].equals(bytes)).toBe(true);
  });

  it("goes on where a broken resumable upload stopped", async () => {
    const bytes = randomBytes(600_000);
    const [uri] = await at.bucket.file("broken.bin").createResumableUpload();
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
    const [uri] = await at.bucket.file("total.bin").createResumableUpload();
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
    const file = at.bucket.file("damaged");
    const wrong = { metadata: { md5Hash: md5(Buffer.from("other")) }, resumable: false, validation: false };
    await expect(file.save("hello", wrong)).rejects.toMatchObject({ code: 400 });
    expect(await file.exists()).toEqual([false]);
    expect(await readdir(join(at.directory, ".incoming"))).toEqual([]);
  });
});

describe("preconditions", () => {
  it("creates only what is not there yet, even when two try at once", async () => {
    const options = { preconditionOpts: { ifGenerationMatch: 0 }, resumable: false };
    const results = await Promise.allSettled(
      ["first", "second"].map((text) => at.bucket.file("once").save(text, options)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(at.bucket.file("once").save("third", { ...options, resumable: true })).rejects.toMatchObject(
      {
        response: { status: 412 },
      },
    );
    expect((await readdir(join(at.directory, bucketName))).length).toBe(2);
  });

  it("replaces, changes and deletes only the generation that was named", async () => {
    const file = at.bucket.file("a");
    await file.save("one", { resumable: false });
    const [{ generation }] = await file.getMetadata();
    await file.save("two", { resumable: false, preconditionOpts: { ifGenerationMatch: Number(generation) } });
    const stale = { ifGenerationMatch: Number(generation) };
    await expect(file.delete(stale)).rejects.toMatchObject({ code: 412 });
    await expect(file.setMetadata({ contentType: "x/y" }, stale)).rejects.toMatchObject({ code: 412 });
    expect((await file.download())[0].toString()).toBe("two");
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
