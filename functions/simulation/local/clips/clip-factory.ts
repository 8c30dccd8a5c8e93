import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";
import type { RenderFile } from "../../vendors/shared/simulator-host.js";
import { type Clip, clipKey, toClip } from "./clip.js";
import { applyDefect, expiredPage } from "./defects.js";
import { createEncoderThread } from "./encoder-thread.js";
import { encodePng } from "./png.js";
import { drawTitleCard } from "./title-card.js";

export interface ClipFactory {
  readonly render: RenderFile;
  /** Ends the encoder's thread. Clips in the making are given up. */
  close(): Promise<void>;
}

/**
 * Makes the files that simulated vendors deliver: real MP4s and PNGs that carry vendor, model and
 * id in the picture. Stand-ins: at most 640 pixels wide or high and 12 frames a second, marked
 * SIMULATED in the picture and in the metadata. Equal descriptions give equal bytes.
 */
export function createClipFactory(options: { cacheDirectory: string }): ClipFactory {
  const encoder = createEncoderThread();
  const inProgress = new Map<string, Promise<Buffer>>();

  function make(clip: Clip, medium: SimulatedFile["medium"]): Promise<Buffer> {
    const key = clipKey(clip, medium);
    const running = inProgress.get(key);
    if (running !== undefined) return running;
    const path = join(options.cacheDirectory, `${key}.${medium === "video" ? "mp4" : "png"}`);
    const making = readOrWrite(path, async () =>
      medium === "video" ? encoder.encode(clip) : encodePng(drawTitleCard(clip)),
    ).finally(() => inProgress.delete(key));
    inProgress.set(key, making);
    return making;
  }

  return {
    async render(file) {
      if (file.defect === "missing") return null;
      if (file.defect === "html") return { contentType: "text/html", bytes: expiredPage };
      const contentType = file.medium === "video" ? "video/mp4" : "image/png";
      if (file.defect === "empty") return { contentType, bytes: Buffer.alloc(0) };
      const bytes = await make(toClip(file), file.medium);
      return { contentType, bytes: applyDefect(bytes, file.medium, file.defect) };
    },
    close: () => encoder.close(),
  };
}

/** The file at a path, made and kept when it is not there yet. */
async function readOrWrite(path: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined) return kept;
  const bytes = await make();
  await mkdir(join(path, ".."), { recursive: true });
  // Renamed into place, so that another process never reads half a file.
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, bytes);
  await rename(unfinished, path);
  return bytes;
}
