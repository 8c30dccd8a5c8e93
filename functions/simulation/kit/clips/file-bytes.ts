import { sha256 } from "../../../src/domain/hash.js";
import type { FileDefect, SimulatedFile } from "../../vendors/shared/simulator.js";

/** A box of an MP4 file: four letters, and where its content lies. */
interface Box {
  readonly type: string;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** The boxes between two offsets of a file that we made ourselves and that is therefore sound. */
function boxesIn(bytes: Buffer, start = 0, end = bytes.length): Box[] {
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

/** Defects of the bytes; the others change what is drawn (`clip.ts`) or whether there is a file. */
export function applyDefect(
  bytes: Buffer,
  medium: SimulatedFile["medium"],
  defect: FileDefect | undefined,
): Buffer {
  if (defect === "truncated") {
    const { start, end } = payloadOf(bytes, medium);
    return bytes.subarray(0, start + Math.floor((end - start) / 2));
  }
  if (defect === "corrupt") return withGarbage(bytes, payloadOf(bytes, medium));
  return bytes;
}

/** Looks like a page of a storage provider whose link has run out. */
export const expiredPage = Buffer.from(
  "<!DOCTYPE html><html><head><title>Link expired</title></head>" +
    "<body><h1>This link has expired.</h1></body></html>\n",
);

/** The bytes that hold pictures: cutting or spoiling them leaves the structure in front intact. */
function payloadOf(bytes: Buffer, medium: SimulatedFile["medium"]): { start: number; end: number } {
  if (medium === "image") {
    const dataType = bytes.indexOf("IDAT", 0, "latin1");
    return { start: dataType + 4, end: dataType + 4 + bytes.readUInt32BE(dataType - 4) };
  }
  const data = boxesIn(bytes).find((box) => box.type === "mdat");
  if (data === undefined) throw new Error("the clip has no mdat box");
  return { start: data.contentStart, end: data.end };
}

/** Garbage that is the same every time, in the middle half of the payload. */
function withGarbage(bytes: Buffer, { start, end }: { start: number; end: number }): Buffer {
  const spoiled = Buffer.from(bytes);
  const quarter = Math.floor((end - start) / 4);
  for (let offset = start + quarter, block = 0; offset < end - quarter; offset += 32, block += 1) {
    const garbage = Buffer.from(sha256(`garbage ${block}`), "hex");
    spoiled.set(garbage.subarray(0, Math.min(32, end - quarter - offset)), offset);
  }
  return spoiled;
}
