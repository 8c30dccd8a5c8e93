import { FileReadError, readVideoFacts, type VideoFacts, withMediaInput } from "./media-input.js";
import type { RandomAccessReader } from "./random-access.js";

/**
 * What a video file says about itself, from its index: a few kilobytes are read. `null` when it is
 * no video. Says nothing about whether the file is complete; `mp4-check.ts` does.
 */
export async function probeVideo(reader: RandomAccessReader): Promise<VideoFacts | null> {
  if (reader.size === 0) return null;
  try {
    return await withMediaInput(reader, async (input) => {
      const track = await input.getPrimaryVideoTrack();
      return track === null ? null : readVideoFacts(input, track);
    });
  } catch (error) {
    if (error instanceof FileReadError) throw error;
    return null;
  }
}
