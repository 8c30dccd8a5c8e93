import type { Inspector } from "../../engine/ports/inspector.js";
import type { MediaStore } from "../../engine/ports/media-store.js";
import { checkGif } from "./gif-check.js";
import { checkImage } from "./image-check.js";
import { blockReader, type RandomAccessReader } from "./media-reader.js";
import { checkMp4 } from "./mp4-check.js";

/** Checks stored files where they lie. Throws when one could not be read: that says nothing about it. */
export function createInspector(media: MediaStore): Inspector {
  return {
    async video(path) {
      const { reader, contentType } = await open(media, path);
      if (contentType === "image/gif") return checkGif(reader);
      const check = await checkMp4(reader);
      if (!check.ok) return check;
      const { width, height, durationSeconds, codec, hasAudio } = check.facts;
      return { ok: true, facts: { width, height, durationSeconds, codec, hasAudio } };
    },

    async picture(path) {
      const check = await checkImage((await open(media, path)).reader);
      if (!check.ok) return null;
      const { format, width, height } = check.facts;
      return { contentType: `image/${format}`, width, height };
    },
  };
}

async function open(
  media: MediaStore,
  path: string,
): Promise<{ reader: RandomAccessReader; contentType: string }> {
  const stored = await media.stat(path);
  if (stored === null) throw new Error(`there is no complete file at ${path}`);
  const reader = blockReader({
    size: stored.bytes,
    read: (offset, length) => media.read(path, offset, length),
  });
  return { reader, contentType: stored.contentType };
}
