import type { Remedy, VideoFacts } from "../../domain/output/check.js";
import type { ConversionSpec, ConverterLimits } from "../../domain/output/conversion.js";
import type { StoredObject, WriteOptions } from "./media-store.js";

/**
 * Makes other files of stored ones. It is asked only for what it is capable of. Throws when it
 * could not; nothing is left at the target then.
 */
export interface Converter extends ConverterLimits {
  readonly name: string;
  convert(source: StoredVideo, spec: ConversionSpec, target: ConversionTarget): Promise<StoredObject>;
  /** One MP4 of several, in their order and in the size of the first. */
  join(parts: readonly StoredVideo[], target: ConversionTarget): Promise<StoredObject>;
  /** A JPEG of the last frame, for another video to begin with. */
  lastFrame(source: StoredVideo, target: ConversionTarget): Promise<StoredObject>;
  /** A sound MP4 of one that was not found to be that. Absent where only sound files are taken. */
  mend?(source: Pick<StoredVideo, "path">, remedy: Remedy, target: ConversionTarget): Promise<StoredObject>;
  /** A JPEG of a moment that shows something. */
  thumbnail(source: StoredVideo, target: ConversionTarget): Promise<StoredObject>;
}

/** A video in the media store that has been checked. */
export interface StoredVideo {
  readonly path: string;
  readonly facts: VideoFacts;
}

export interface ConversionTarget extends WriteOptions {
  readonly path: string;
}
