import { reasonOf } from "../../domain/errors.js";
import type { Converter } from "../../engine/ports/converter.js";
import type { Logger } from "../../engine/ports/logger.js";
import type { MediaStore } from "../../engine/ports/media-store.js";
import type { Configuration } from "./configuration.js";

/**
 * What converts videos here: a program on this machine, else the Transcoder API, else nobody.
 * Loaded only where there is one, as most installations have none.
 */
export async function createConverter(
  { ffmpegPath, transcoderLocation, projectId, storageBucket }: Configuration,
  media: MediaStore,
  log: Logger,
): Promise<Converter | null> {
  if (ffmpegPath !== null) {
    const { openFfmpegConverter } = await import("../../adapters/media/ffmpeg-converter.js");
    try {
      return await openFfmpegConverter({ program: ffmpegPath, media });
    } catch (error) {
      log.warn("converter.left_out", { converter: "ffmpeg", reason: reasonOf(error) });
    }
  }
  if (transcoderLocation === null) return null;
  const { transcoderConverter } = await import("../../adapters/firebase/transcoder-converter.js");
  return transcoderConverter({ projectId, location: transcoderLocation, bucketName: storageBucket, media });
}
