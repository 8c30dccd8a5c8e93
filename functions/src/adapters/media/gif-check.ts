import type { Inspection } from "../../domain/output/check.js";
import type { RandomAccessReader } from "./media-reader.js";

const blockEnd = 0x00;
const extension = 0x21;
const image = 0x2c;
const trailer = 0x3b;
const graphicControl = 0xf9;

/** A frame that asks for less than 20 ms is shown for 100 ms by browsers; some encoders write such frames. */
const shortestDelayMs = 20;
const insteadMs = 100;

/** Far more than any real animation has; and twice the side of 8K. */
const maxBlocks = 200_000;
const maxSidePixels = 16_384;

/**
 * Follows the blocks of a GIF (GIF89a specification) from its header to its trailer, which must be
 * the end of the file, and adds up the time of its frames. Pictures are not unpacked.
 */
export async function checkGif(reader: RandomAccessReader): Promise<Inspection> {
  const cut: Inspection = { ok: false, defect: "truncated", detail: "the GIF ends too early" };
  if (reader.size === 0) return { ok: false, defect: "empty", detail: "the file has no bytes" };
  if (reader.size < 14) return cut;
  const header = await reader.read(0, 13);
  if (!/^GIF8[79]a$/.test(header.toString("latin1", 0, 6))) {
    return { ok: false, defect: "corrupt", detail: "the file is no GIF" };
  }
  const size = { width: header.readUInt16LE(6), height: header.readUInt16LE(8) };
  if (Math.max(size.width, size.height) > maxSidePixels) {
    return { ok: false, defect: "corrupt", detail: `the GIF has ${size.width}x${size.height} pixels` };
  }
  let frames = 0;
  let blocks = 0;
  let lengthMs = 0;
  let offset = 13 + colourTableBytes(header.readUInt8(10));
  while (offset < reader.size) {
    const start = await readUpTo(reader, offset, 10);
    const kind = start[0];
    if (kind === trailer) {
      if (frames === 0) return { ok: false, defect: "no_video", detail: "the GIF has no frames" };
      const rest = reader.size - offset - 1;
      if (rest > 0)
        return { ok: false, defect: "corrupt", detail: `${rest} bytes follow the end of the GIF` };
      const durationSeconds = lengthMs / 1_000;
      return { ok: true, facts: { ...size, durationSeconds, codec: "gif", hasAudio: false } };
    }
    if (start.length < 10) return cut;
    blocks += 1;
    if (blocks > maxBlocks) return { ok: false, defect: "corrupt", detail: "the GIF has too many blocks" };
    if (kind === image) {
      frames += 1;
      if (!isInside(start, size)) {
        return { ok: false, defect: "corrupt", detail: "a frame of the GIF is larger than its picture" };
      }
      // Descriptor, its colour table, and the code size in front of the data.
      offset += 10 + colourTableBytes(start.readUInt8(9)) + 1;
    } else if (kind === extension) {
      if (start[1] === graphicControl) lengthMs += shownMs(start.readUInt16LE(4) * 10);
      offset += 2;
    } else {
      return { ok: false, defect: "corrupt", detail: `no GIF block at byte ${offset}` };
    }
    const next = await afterSubBlocks(reader, offset);
    if (next === null) return cut;
    offset = next;
  }
  return cut;
}

function isInside(descriptor: Buffer, { width, height }: { width: number; height: number }): boolean {
  const right = descriptor.readUInt16LE(1) + descriptor.readUInt16LE(5);
  const bottom = descriptor.readUInt16LE(3) + descriptor.readUInt16LE(7);
  return right <= width && bottom <= height;
}

function shownMs(delayMs: number): number {
  return delayMs < shortestDelayMs ? insteadMs : delayMs;
}

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0b111) + 1);
}

async function afterSubBlocks(reader: RandomAccessReader, start: number): Promise<number | null> {
  for (let offset = start; offset < reader.size; ) {
    const length = (await reader.read(offset, 1)).readUInt8(0);
    offset += 1 + length;
    if (length === blockEnd) return offset;
  }
  return null;
}

async function readUpTo(reader: RandomAccessReader, offset: number, length: number): Promise<Buffer> {
  return reader.read(offset, Math.min(length, reader.size - offset));
}
