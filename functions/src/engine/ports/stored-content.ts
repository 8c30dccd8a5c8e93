import { Readable } from "node:stream";
import type { MediaStore } from "./media-store.js";

const blockBytes = 4 * 1024 * 1024;

/** A stored file as a stream, a few megabytes at a time. */
export function storedContent(
  media: Pick<MediaStore, "read">,
  { path, bytes }: { readonly path: string; readonly bytes: number },
): Readable {
  async function* blocks() {
    for (let offset = 0; offset < bytes; offset += blockBytes) {
      yield await media.read(path, offset, Math.min(blockBytes, bytes - offset));
    }
  }
  return Readable.from(blocks(), { objectMode: false });
}
