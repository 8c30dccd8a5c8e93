import type { Input } from "mediabunny";

/**
 * A file that can be read in parts: on disk, in memory or in a bucket. A read that fails throws. That
 * says nothing about the file, so it is never taken for a bad one.
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

const blockBytes = 1024 * 1024;
const keptBlocks = 8;

/**
 * Reads a file in whole blocks and keeps the last few in memory: a check asks for hundreds of small
 * pieces, and without blocks each of them would be a request to the bucket.
 */
export function blockReader(source: RandomAccessReader): RandomAccessReader {
  const blocks = new Map<number, Promise<Buffer>>();

  function block(index: number): Promise<Buffer> {
    const known = blocks.get(index);
    if (known !== undefined) return known;
    const start = index * blockBytes;
    const read = source.read(start, Math.min(blockBytes, source.size - start));
    blocks.set(index, read);
    // A failed read is asked for again; an old block makes room.
    read.catch(() => blocks.delete(index));
    if (blocks.size > keptBlocks) blocks.delete(blocks.keys().next().value ?? index);
    return read;
  }

  return {
    size: source.size,
    async read(offset, length) {
      if (length === 0) return Buffer.alloc(0);
      const first = Math.floor(offset / blockBytes);
      const last = Math.floor((offset + length - 1) / blockBytes);
      const parts: Buffer[] = [];
      for (let index = first; index <= last; index += 1) parts.push(await block(index));
      const start = offset - first * blockBytes;
      const [only] = parts;
      const whole = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
      return whole.subarray(start, start + length);
    },
  };
}

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
    // A read ahead that nobody waits for may fail: the next read that is waited for reports it.
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
