/** A box of an MP4 file: four letters, and where its content lies. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** The boxes between two offsets of a file that we made ourselves and that is therefore sound. */
export function boxesIn(bytes: Buffer, start = 0, end = bytes.length): Box[] {
  const boxes: Box[] = [];
  for (let offset = start; offset + 8 <= end; ) {
    const shortSize = bytes.readUInt32BE(offset);
    const isLarge = shortSize === 1;
    const size = isLarge ? Number(bytes.readBigUInt64BE(offset + 8)) : shortSize;
    boxes.push({
      type: bytes.toString("latin1", offset + 4, offset + 8),
      start: offset,
      contentStart: offset + (isLarge ? 16 : 8),
      end: offset + size,
    });
    offset += size;
  }
  return boxes;
}

const containers = new Set(["moov", "trak", "mdia"]);
const timed = new Set(["mvhd", "tkhd", "mdhd"]);

/** Sets every creation and modification time to zero, so that equal clips are equal bytes. */
export function clearTimes(bytes: Buffer, start = 0, end = bytes.length): void {
  for (const box of boxesIn(bytes, start, end)) {
    if (containers.has(box.type)) clearTimes(bytes, box.contentStart, box.end);
    if (!timed.has(box.type)) continue;
    const version = bytes.readUInt8(box.contentStart);
    const timesStart = box.contentStart + 4;
    bytes.fill(0, timesStart, timesStart + (version === 1 ? 16 : 8));
  }
}
