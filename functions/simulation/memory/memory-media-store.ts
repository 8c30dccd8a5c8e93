import { pipeline } from "node:stream/promises";
import { createByteMeter } from "../../src/adapters/shared/byte-meter.js";
import type { MediaStore, StoredObject } from "../../src/engine/ports/media-store.js";
import { frozenCopy } from "./memory-database.js";

interface MemoryFile {
  readonly object: StoredObject;
  readonly content: Buffer;
}

/** Files in this process. Its signed URLs name a file and open nothing. */
export function memoryMediaStore(): MediaStore {
  const files = new Map<string, MemoryFile>();
  return {
    async write(path, source, { contentType, maxBytes, metadata, replaces }) {
      const meter = createByteMeter(maxBytes);
      const chunks: Buffer[] = [];
      await pipeline(source, meter.stream, async (stream) => {
        for await (const chunk of stream) chunks.push(chunk as Buffer);
      });
      const { bytes, sha256 } = meter.finish();
      if (replaces !== undefined && files.get(path)?.object.sha256 !== replaces?.sha256)
        throw replacedMeanwhile(path);
      const object: StoredObject = frozenCopy({ path, bytes, sha256, contentType, metadata });
      files.set(path, { object, content: Buffer.concat(chunks) });
      return object;
    },
    stat: async (path) => files.get(path)?.object ?? null,
    async read(path, offset, length) {
      const file = files.get(path);
      if (file === undefined) throw new Error(`there is no file ${path}`);
      return Buffer.from(file.content.subarray(offset, offset + length));
    },
    async signedUrl(path, expiresAt) {
      return `memory:///${encodeURI(path)}?expires=${expiresAt}`;
    },
    publicUrl: async (path) => `https://pictures.example.test/${encodeURI(path)}`,
    async delete(path, only) {
      if (only === undefined || files.get(path)?.object.sha256 === only.sha256) files.delete(path);
    },
  };
}

function replacedMeanwhile(path: string): Error {
  return new Error(`${path} is another object by now`);
}
