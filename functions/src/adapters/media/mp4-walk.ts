import type { RandomAccessReader } from "./media-reader.js";
import { sizeOf } from "./mp4-boxes.js";
import type { DataPlaces, IndexParts } from "./mp4-index.js";

type WalkedParts =
  | (IndexParts & {
      readonly ok: true;
      /** How the last box reaches beyond the end of the file; `null` when it does not. */
      readonly missing: string | null;
      readonly data: DataPlaces;
    })
  | {
      readonly ok: false;
      readonly defect: "not_mp4" | "truncated" | "corrupt";
      readonly detail: string;
      /** All that is index has come; only what follows it is no box. */
      readonly remedy?: "remux";
    };

/** Types that a file of this family may begin with (ISO/IEC 14496-12, QuickTime). */
const firstTypes = new Set(["ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "pnot"]);

/** Far more than any real file has. Ends the walk through a file that was made to keep us busy. */
const maxBoxes = 100_000;
/** An index of hours of video. All of it is in memory at once. */
const maxMovieBytes = 32 * 1024 * 1024;
const maxFragmentsBytes = 32 * 1024 * 1024;
/** Encoders and file hosts pad files with a few bytes; players do not look at them. */
const maxTrailingBytes = 8;
/** A cut is harmless where no sample lies: each of these may end with bytes that nobody needs. */
const fillers = new Set(["mdat", "free", "skip", "wide"]);

/** An index that is whole but says a few bytes too many; no track is so small that it could be lost there. */
const maxExcessBytes = 64;

interface Place {
  readonly offset: number;
  readonly end: number;
}

/** Follows the top-level boxes by their sizes, and reads those that are index. */
export async function readIndexParts(reader: RandomAccessReader): Promise<WalkedParts> {
  const moofs: Place[] = [];
  const data: Place[] = [];
  let moov: Place | undefined;
  let missing: string | null = null;
  let count = 0;
  for (let offset = 0; offset < reader.size; count += 1) {
    if (count === maxBoxes) return { ok: false, defect: "not_mp4", detail: "too many boxes" };
    const header = await reader.read(offset, Math.min(16, reader.size - offset));
    const type = header.toString("latin1", 4, 8);
    if (offset === 0 && !firstTypes.has(type)) return notMp4(header);
    const remaining = reader.size - offset;
    const size = sizeOf(header, remaining);
    if (moov !== undefined && remaining <= maxTrailingBytes) break;
    // Of fragments, nobody can tell how many should follow.
    const remedy = moov === undefined || moofs.length > 0 ? {} : ({ remedy: "remux" } as const);
    if (size === null) {
      const detail = `no box at byte ${offset} of ${reader.size}`;
      return { ok: false, defect: "truncated", detail, ...remedy };
    }
    if (size > remaining) missing = `${size - remaining} bytes are missing at the end`;
    const mayLack = fillers.has(type) || (type === "moov" && size - remaining <= maxExcessBytes);
    if (missing !== null && !mayLack) {
      return { ok: false, defect: "truncated", detail: missing, ...remedy };
    }
    if (type === "moov" && moov !== undefined) {
      return { ok: false, defect: "corrupt", detail: "there is a second index", remedy: "remux" };
    }
    if (type === "moov") moov = { offset, end: Math.min(reader.size, offset + size) };
    if (type === "mdat" && size > 16) data.push({ offset, end: offset + size });
    if (type === "moof") moofs.push({ offset, end: offset + size });
    offset += size;
  }
  if (moov === undefined) {
    return { ok: false, defect: "truncated", detail: missing ?? "the index (moov) is missing" };
  }
  const fragmentBytes = moofs.reduce((sum, { offset, end }) => sum + end - offset, 0);
  if (moov.end - moov.offset > maxMovieBytes || fragmentBytes > maxFragmentsBytes) {
    return { ok: false, defect: "corrupt", detail: "the index is larger than that of any video" };
  }
  const fragments: { offset: number; content: Buffer }[] = [];
  for (const moof of moofs) {
    fragments.push({ offset: moof.offset, content: await contentOf(reader, moof) });
  }
  const movie = await contentOf(reader, moov);
  if (missing !== null && moov.end === reader.size && !isTiled(movie)) {
    return { ok: false, defect: "truncated", detail: missing };
  }
  return { ok: true, movie, fragments, missing, data };
}

function notMp4(header: Buffer): WalkedParts {
  const isMatroska = header.length >= 4 && header.readUInt32BE(0) === 0x1a45dfa3;
  const detail = isMatroska ? "the file is WebM or Matroska" : "the file does not begin with an MP4 box";
  return { ok: false, defect: "not_mp4", detail };
}

/** Do boxes fill these bytes exactly? */
function isTiled(bytes: Buffer): boolean {
  let offset = 0;
  while (offset < bytes.length) {
    const size = sizeOf(bytes.subarray(offset, offset + 16), bytes.length - offset);
    if (size === null) return false;
    offset += size;
  }
  return offset === bytes.length;
}

/** A copy: the blocks that the file is read in are much larger than a fragment's index. */
async function contentOf(reader: RandomAccessReader, { offset, end }: Place): Promise<Buffer> {
  const bytes = await reader.read(offset, end - offset);
  const isLarge = bytes.readUInt32BE(0) === 1;
  return Buffer.from(bytes.subarray(isLarge ? 16 : 8));
}
