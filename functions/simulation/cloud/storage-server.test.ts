import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { bucketFor, bucketName, openStorageWorld, type StorageWorld } from "./__fixtures__/storage-world.js";

let at: StorageWorld;

beforeEach(async () => {
  at = await openStorageWorld();
});

afterEach(() => at.close());

const names = (files: readonly { name: string }[]) => files.map(({ name }) => name);

describe("objects", () => {
  it("sends the part of the bytes that is asked for", async () => {
    await at.bucket.file("range.txt").save("0123456789", { resumable: false });
    const [part] = await at.bucket.file("range.txt").download({ start: 2, end: 4 });
    expect(part.toString()).toBe("234");
    await at.bucket.file("range.txt").makePublic();
    const url = `${at.server.origin}/${bucketName}/range.txt`;
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
    const file = at.bucket.file("a");
    await file.save("one", { resumable: false, metadata: { metadata: { keep: "1", drop: "2" } } });
    await file.setMetadata({ contentType: "text/csv", metadata: { drop: null, add: "3" } });
    const [metadata] = await file.getMetadata();
    expect(metadata).toMatchObject({ contentType: "text/csv", metageneration: "2", size: "3" });
    expect(metadata.metadata).toEqual({ keep: "1", add: "3" });
  });

  it("lists by prefix, by folder and page by page", async () => {
    for (const name of ["v/b/2", "v/a/1", "v/top", "other"]) {
      await at.bucket.file(name).save("x", { resumable: false });
    }
    const [files] = await at.bucket.getFiles({ prefix: "v/" });
    expect(names(files)).toEqual(["v/a/1", "v/b/2", "v/top"]);
    const [top, , answer] = await at.bucket.getFiles({ prefix: "v/", delimiter: "/", autoPaginate: false });
    expect(names(top)).toEqual(["v/top"]);
    expect(answer).toMatchObject({ prefixes: ["v/a/", "v/b/"] });
    const [first, next] = await at.bucket.getFiles({ maxResults: 3, autoPaginate: false });
    const [second, end] = await at.bucket.getFiles({ ...next, autoPaginate: false });
    expect([names(first), names(second), end]).toEqual([["other", "v/a/1", "v/b/2"], ["v/top"], null]);
  });

  it("copies with the metadata, moves and deletes", async () => {
    const file = at.bucket.file("from");
    await file.save("one", { resumable: false, contentType: "video/mp4", public: true });
    const [copy] = await file.copy("to");
    expect((await copy.getMetadata())[0]).toMatchObject({ contentType: "video/mp4", size: "3" });
    expect(await copy.isPublic()).toEqual([false]);
    await copy.move("moved");
    await file.delete();
    expect(names((await at.bucket.getFiles())[0])).toEqual(["moved"]);
    expect((await at.bucket.file("moved").download())[0].toString()).toBe("one");
  });

  it("reports what is not there as 404", async () => {
    const file = at.bucket.file("missing");
    expect(await file.exists()).toEqual([false]);
    await expect(file.download()).rejects.toMatchObject({ code: 404 });
    await expect(file.delete()).rejects.toMatchObject({ code: 404 });
    await file.delete({ ignoreNotFound: true });
  });

  it("survive a restart, as files that can be opened", async () => {
    await at.bucket.file("videos/keep.mp4").save("kept", { resumable: false });
    await at.bucket.file("videos/gone.mp4").save("gone", { resumable: false });
    await at.bucket.file("videos/gone.mp4").delete();
    const [before] = await at.bucket.file("videos/keep.mp4").getMetadata();
    await at.restart();
    expect((await at.bucket.file("videos/keep.mp4").getMetadata())[0]).toMatchObject({
      generation: before.generation,
      contentType: "video/mp4",
    });
    const files = await readdir(join(at.directory, bucketName));
    const [bytes = ""] = files.filter((file) => file.endsWith("-keep.mp4"));
    expect(await readFile(join(at.directory, bucketName, bytes), "utf8")).toBe("kept");
    expect(files).toHaveLength(2);
  });

  it("never leave their directory", async () => {
    await at.bucket.file("../../outside").save("x", { resumable: false });
    expect((await at.bucket.file("../../outside").download())[0].toString()).toBe("x");
    const outside = bucketFor(at.key, "../outside").file("x");
    await expect(outside.save("x", { resumable: false })).rejects.toThrow();
    expect(await readdir(at.directory)).toEqual([".incoming", bucketName]);
  });
});
