import type { RandomAccessReader } from "./media-reader.js";

/** Boxes on the way to where a track says in which file its frames are (ISO/IEC 14496-12, 8.7). */
const containers: ReadonlySet<string> = new Set(["moov", "trak", "mdia", "minf", "dinf"]);
/** Version, flags and count in front of the entries of a `dref` box. */
const drefFieldsBytes = 8;
/** Of an entry: its frames are in this file. */
const selfContained = 1;
/** Far more than any real index has. */
const maxBoxes = 100_000;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly isDref: boolean;
}

/**
 * Tells whether a file may take frames from another one, by an address or a path. What a player then
 * fetches for our user is not what was checked, and some players fetch it from wherever it says.
 */
export async function refersOutside(reader: RandomAccessReader): Promise<boolean> {
  const open: Span[] = [{ start: 0, end: reader.size, isDref: false }];
  let count = 0;
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    let offset = span.start;
    while (offset + 8 <= span.end) {
      count += 1;
      if (count > maxBoxes) return true;
      const header = await reader.read(offset, Math.min(20, span.end - offset));
      const { size, headerBytes, type } = boxOf(header, span.end - offset);
      if (size < headerBytes) break;
      if (span.isDref && ((header[headerBytes + 3] ?? 0) & selfContained) === 0) return true;
      const end = Math.min(offset + size, span.end);
      if (type === "dref") open.push({ start: offset + headerBytes + drefFieldsBytes, end, isDref: true });
      else if (containers.has(type)) open.push({ start: offset + headerBytes, end, isDref: false });
      offset += size;
    }
  }
  return false;
}

function boxOf(header: Buffer, remaining: number) {
  const shortSize = header.readUInt32BE(0);
  const type = header.toString("latin1", 4, 8);
  if (shortSize === 0) return { size: remaining, headerBytes: 8, type };
  if (shortSize !== 1) return { size: shortSize, headerBytes: 8, type };
  const size = header.length < 16 ? 0 : Number(header.readBigUInt64BE(8));
  return { size, headerBytes: 16, type };
}
