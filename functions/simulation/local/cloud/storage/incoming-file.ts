import { createHash, randomUUID } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { CRC32C } from "@google-cloud/storage";

/** Bytes of an upload on their way to disk, hashed as they pass; memory holds one chunk. */
export interface IncomingFile {
  readonly path: string;
  size(): number;
  write(chunk: Buffer): Promise<void>;
  /** Closes the file. The caller moves it or discards it. */
  finish(): Promise<{ size: number; md5Hash: string; crc32c: string }>;
  discard(): Promise<void>;
}

export async function openIncomingFile(directory: string): Promise<IncomingFile> {
  const path = join(directory, `${randomUUID()}.part`);
  const file = await open(path, "wx");
  const md5 = createHash("md5");
  const crc32c = new CRC32C();
  let size = 0;
  return {
    path,
    size: () => size,
    async write(chunk) {
      await file.writeFile(chunk);
      md5.update(chunk);
      crc32c.update(chunk);
      size += chunk.byteLength;
    },
    async finish() {
      await file.close();
      return { size, md5Hash: md5.digest("base64"), crc32c: crc32c.toString() };
    },
    async discard() {
      await file.close().catch(() => {});
      await rm(path, { force: true });
    },
  };
}
