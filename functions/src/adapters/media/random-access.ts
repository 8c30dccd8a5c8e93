/**
 * A file that can be read in parts: on disk, in memory or in a bucket. A read that fails throws,
 * which means "could not find out" and never that the file is bad.
 */
export interface RandomAccessReader {
  readonly size: number;
  /** Exactly `length` bytes; only asked for ranges inside the file. */
  read(offset: number, length: number): Promise<Buffer>;
}

export function bufferReader(bytes: Buffer): RandomAccessReader {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}
