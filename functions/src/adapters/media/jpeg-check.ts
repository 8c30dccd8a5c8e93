import type { RandomAccessReader } from "./media-reader.js";
import { corrupt, type ImageCheck, maxParts, measured, trailing, truncated } from "./picture.js";

const endOfImage = 0xd9;
const startOfScan = 0xda;
const headBytes = 9;
/** A progressive picture has about ten. Each goes over all pixels again, which a few bytes can ask for. */
const maxScans = 100;
const blockBytes = 64 * 1024;

/** Follows the segments and the scans of a JPEG to its end mark, which must be the end of the file. */
export async function checkJpeg(reader: RandomAccessReader): Promise<ImageCheck> {
  let size: { width: number; height: number } | undefined;
  let scans = 0;
  let offset = 2;
  for (let count = 0; offset + 2 <= reader.size; count += 1) {
    if (count === maxParts) return corrupt("the JPEG has too many segments");
    const head = await reader.read(offset, Math.min(headBytes, reader.size - offset));
    const [first, marker] = [head.readUInt8(0), head.readUInt8(1)];
    if (first === 0 || (first === 0xff && marker === 0xff)) {
      // A fill byte in front of a marker.
      offset += 1;
      continue;
    }
    if (first !== 0xff || isPartOfScan(marker)) return corrupt(`no JPEG segment at byte ${offset}`);
    if (marker === endOfImage) {
      if (size === undefined || scans === 0) return corrupt("the JPEG holds no picture");
      const end = offset + 2;
      return end < reader.size ? trailing("JPEG", reader.size - end) : measured({ format: "jpeg", ...size });
    }
    if (head.length < (isFrameHeader(marker) ? headBytes : 4)) return truncated("JPEG");
    if (isFrameHeader(marker)) {
      if (size !== undefined) return corrupt("the JPEG holds two pictures");
      size = { width: head.readUInt16BE(7), height: head.readUInt16BE(5) };
    }
    offset += 2 + head.readUInt16BE(2);
    if (marker === startOfScan) {
      scans += 1;
      if (scans > maxScans) return corrupt("the JPEG has too many scans");
      offset = await endOfScan(reader, offset);
    }
  }
  return truncated("JPEG");
}

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC), which lie between them. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Within a scan 0xFF is followed by 0x00, or is a mark to begin anew at. */
function isPartOfScan(marker: number): boolean {
  return marker === 0 || (marker >= 0xd0 && marker <= 0xd8);
}

/** Where the marker after a scan stands; the end of the file where there is none. */
async function endOfScan(reader: RandomAccessReader, start: number): Promise<number> {
  // Blocks overlap by a byte, so that no marker lies across two of them.
  for (let offset = start; offset + 1 < reader.size; offset += blockBytes - 1) {
    const block = await reader.read(offset, Math.min(blockBytes, reader.size - offset));
    for (let place = block.indexOf(0xff); place !== -1; place = block.indexOf(0xff, place + 1)) {
      const next = block[place + 1];
      if (next !== undefined && next !== 0xff && !isPartOfScan(next)) return offset + place;
    }
  }
  return reader.size;
}
