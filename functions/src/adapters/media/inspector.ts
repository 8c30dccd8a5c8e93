import type { Inspection } from "../../domain/output/check.js";
import type { Inspector } from "../../engine/ports/inspector.js";
import type { MediaStore } from "../../engine/ports/media-store.js";
import { BeyondLimitsError, type CheckLimits, checkInThread } from "./check-thread.js";
import type { VideoCheck } from "./mp4-check.js";
import type { ImageCheck } from "./picture.js";

export interface InspectorOptions {
  /** The code of the thread that checks; where sources run uncompiled it has to be made first. */
  readonly worker?: URL;
  readonly limits?: CheckLimits;
}

/** Checks stored files where they lie. Throws when one could not be read: that says nothing about it. */
export function createInspector(media: MediaStore, options: InspectorOptions = {}): Inspector {
  return {
    async video(path) {
      const { source, contentType } = await open(media, path);
      try {
        if (contentType === "image/gif") return (await checkInThread("gif", source, options)) as Inspection;
        const check = (await checkInThread("mp4", source, options)) as VideoCheck;
        if (!check.ok) return check;
        const { width, height, durationSeconds, codec, hasAudio } = check.facts;
        return { ok: true, facts: { width, height, durationSeconds, codec, hasAudio } };
      } catch (error) {
        if (!(error instanceof BeyondLimitsError)) throw error;
        const detail = `the file could not be read within limits: ${error.message}`;
        return { ok: false, defect: "corrupt", detail };
      }
    },

    async picture(path) {
      const { source } = await open(media, path);
      try {
        const check = (await checkInThread("picture", source, options)) as ImageCheck;
        if (!check.ok) return null;
        const { format, width, height } = check.facts;
        return { contentType: `image/${format}`, width, height };
      } catch (error) {
        if (error instanceof BeyondLimitsError) return null;
        throw error;
      }
    },
  };
}

async function open(media: MediaStore, path: string) {
  const stored = await media.stat(path);
  if (stored === null) throw new Error(`there is no complete file at ${path}`);
  const read = (offset: number, length: number) => media.read(path, offset, length);
  return { source: { size: stored.bytes, read }, contentType: stored.contentType };
}
