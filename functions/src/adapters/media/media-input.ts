import type { Input, InputVideoTrack } from "mediabunny";
import type { RandomAccessReader } from "./random-access.js";

/** A read of the file failed: nothing is known about its content. */
export class FileReadError extends Error {
  constructor(cause: unknown) {
    super("the file could not be read", { cause });
    this.name = "FileReadError";
  }
}

/**
 * Opens a file with mediabunny for the time of one `use`. Errors of the reader leave as
 * `FileReadError`, so that a network fault is not taken for a bad file. Loaded lazily: only the
 * function that stores videos needs a parser.
 */
export async function withMediaInput<Result>(
  reader: RandomAccessReader,
  use: (input: Input) => Promise<Result>,
): Promise<Result> {
  const { CustomSource, Input, MATROSKA, MP4, QTFF, WEBM } = await import("mediabunny");
  let readError: FileReadError | undefined;
  const fail = (error: unknown): never => {
    readError ??= new FileReadError(error);
    throw readError;
  };
  const source = new CustomSource({
    getSize: () => reader.size,
    read: (start, end) => reader.read(start, end - start).catch(fail),
    // Reads nobody waits for any more (prefetch): the next one that counts reports the error.
    handleUnhandledError: () => undefined,
  });
  const input = new Input({ formats: [MP4, QTFF, WEBM, MATROSKA], source });
  try {
    const result = await use(input);
    if (readError !== undefined) throw readError;
    return result;
  } catch (error) {
    throw readError ?? error;
  } finally {
    input.dispose();
  }
}

export interface VideoFacts {
  /** Subtype of the MIME type: `mp4`, `quicktime`, `webm`. */
  readonly container: string;
  /** First part of the codec string: `avc1`, `hvc1`, `vp09`, `av01`. */
  readonly codec: string;
  /** As displayed: after rotation and pixel aspect ratio. */
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly hasAudio: boolean;
  readonly fps: number;
}

/** Packets that are enough to tell the frame rate. */
const packetsForFps = 50;

export async function readVideoFacts(input: Input, track: InputVideoTrack): Promise<VideoFacts> {
  const format = await input.getFormat();
  const codec = (await track.getCodecParameterString()) ?? String(await track.getInternalCodecId());
  const stats = await track.computePacketStats(packetsForFps);
  return {
    container: format.mimeType.split("/")[1] ?? format.mimeType,
    codec: codec.split(".")[0] ?? codec,
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    durationSeconds: (await track.computeDuration()) - Math.max(0, await track.getFirstTimestamp()),
    hasAudio: (await input.getPrimaryAudioTrack()) !== null,
    fps: stats.averagePacketRate,
  };
}
