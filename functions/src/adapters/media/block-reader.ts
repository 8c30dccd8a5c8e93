import type { RandomAccessReader } from "./random-access.js";

const blockBytes = 1024 * 1024;
const keptBlocks = 8;

/**
 * Reads a distant file in whole blocks and keeps the last few: a check asks for hundreds of small
 * pieces, and each would be a request to the bucket.
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
