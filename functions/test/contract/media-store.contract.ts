import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { DownloadError } from "../../src/engine/ports/downloads.js";
import type { MediaStore, WriteOptions } from "../../src/engine/ports/media-store.js";

const path = "videos/ada/job 1.mp4";
const options: WriteOptions = {
  contentType: "video/mp4",
  maxBytes: 2_000_000,
  public: false,
  metadata: { jobId: "a1", attempt: "1" },
};

/** What every media store owes the engine. Each test starts with an empty store. */
export function describeMediaStoreContract(name: string, open: () => Promise<MediaStore>): void {
  let media: MediaStore;

  beforeEach(async () => {
    media = await open();
  });

  const write = (content: Buffer | string, change: Partial<WriteOptions> = {}, to = path) =>
    media.write(to, Readable.from([Buffer.from(content)]), { ...options, ...change });

  describe(`the ${name} media store`, () => {
    it("stores a file and tells what it stored", async () => {
      const stored = await write("hello");
      expect(stored).toEqual({
        path,
        bytes: 5,
        sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        contentType: "video/mp4",
        metadata: { jobId: "a1", attempt: "1" },
      });
      expect(await media.stat(path)).toEqual(stored);
    });

    it("reads any part of a file", async () => {
      const content = randomBytes(1_200_000);
      await write(content);
      expect((await media.read(path, 0, 10)).equals(content.subarray(0, 10))).toBe(true);
      const middle = await media.read(path, 600_001, 500_000);
      expect(middle.equals(content.subarray(600_001, 1_100_001))).toBe(true);
      expect(await media.read(path, 5, 0)).toHaveLength(0);
    });

    it("replaces the file of another attempt, and takes the same attempt again", async () => {
      await write("first");
      await write("first");
      await write("second one", { metadata: { jobId: "a1", attempt: "2" } });
      expect(await media.stat(path)).toMatchObject({ bytes: 10, metadata: { attempt: "2" } });
    });

    it("replaces nothing but the object that is named, if one is", async () => {
      const first = await write("first", { replaces: null });
      await expect(write("late", { replaces: null })).rejects.toThrow();
      const second = await write("second", { replaces: first });
      await expect(write("late", { replaces: first })).rejects.toThrow();
      expect(await media.stat(path)).toMatchObject({ sha256: second.sha256 });
    });

    it("stops a file that is too large and keeps what was there", async () => {
      await write("before");
      const error = await write(randomBytes(3_000), { maxBytes: 2_999 }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DownloadError);
      expect(error).toMatchObject({ reason: "too_large" });
      expect(await media.stat(path)).toMatchObject({ bytes: 6 });
      expect(await write(randomBytes(2_999), { maxBytes: 2_999 })).toMatchObject({ bytes: 2_999 });
    });

    it("stores nothing of a download that breaks off, and passes its error on", async () => {
      const broken = new DownloadError("incomplete", "the connection ended");
      async function* cut() {
        yield randomBytes(300_000);
        throw broken;
      }
      const source = Readable.from(cut(), { objectMode: false });
      await expect(media.write(path, source, options)).rejects.toBe(broken);
      expect(await media.stat(path)).toBeNull();
    });

    it("knows no file that was never written or is deleted", async () => {
      expect(await media.stat(path)).toBeNull();
      await expect(media.read(path, 0, 1)).rejects.toThrow();
      await write("hello");
      await media.delete(path);
      await media.delete(path);
      expect(await media.stat(path)).toBeNull();
    });

    it("deletes a file only while it is still the one that is meant", async () => {
      const first = await write("first");
      await write("second", { metadata: { jobId: "a1", attempt: "2" } });
      await media.delete(path, first);
      expect(await media.stat(path)).toMatchObject({ metadata: { attempt: "2" } });
      const second = await media.stat(path);
      await media.delete(path, { sha256: second?.sha256 ?? "" });
      expect(await media.stat(path)).toBeNull();
      await media.delete(path, first);
    });

    it("lists what lies in a folder, page by page, and nothing of another", async () => {
      const bytes = new Map<string, number>();
      for (const name of ["a", "b 2", "c/ä", "d"]) {
        bytes.set(`videos/list/${name}`, name.length);
        await write(name, {}, `videos/list/${name}`);
      }
      await write("other", {}, "videos/list-of-bob/x");
      const found = new Map<string, number>();
      let after: string | null = null;
      do {
        const page: { path: string; bytes: number }[] = await media.list("videos/list/", 3, after);
        for (const file of page) found.set(file.path, file.bytes);
        after = page.at(-1)?.path ?? null;
      } while (after !== null);
      expect([...found.keys()]).toEqual([...bytes.keys()]);
      expect(found.get("videos/list/d")).toBe(1);
      expect(await media.list("videos/nobody/", 3, null)).toEqual([]);
    });

    it("gives a URL that names the file", async () => {
      await write("hello");
      const url = await media.signedUrl(path, Date.now() + 60_000);
      expect(new URL(url).pathname).toContain("videos/ada/job%201.mp4");
    });
  });
}
