import { boxesIn } from "./mp4-boxes.js";

/** Boxes on the way to where a track says in which file its frames are (ISO/IEC 14496-12, 8.7). */
const containers: ReadonlySet<string> = new Set(["moov", "trak", "mdia", "minf", "dinf"]);
/** Version, flags and count in front of the entries of a `dref` box. */
const drefFieldsBytes = 8;
/** Of an entry: its frames are in this file. */
const selfContained = 1;
/** Far more than any real index has, at all depths together. */
const maxBoxes = 100_000;

/**
 * Tells whether any track may take frames from another file, by an address or a path. What a player then
 * fetches for our user is not what was checked, and no converter of ours may fetch it either.
 */
export function refersOutside(movie: Buffer): boolean {
  const open = [movie];
  let count = 0;
  for (let bytes = open.pop(); bytes !== undefined; bytes = open.pop()) {
    const boxes = boxesIn(bytes);
    count += boxes.length;
    if (count > maxBoxes) throw new RangeError("the index has too many boxes");
    for (const { type, content } of boxes) {
      if (type === "dref" && boxesIn(content.subarray(drefFieldsBytes)).some(isElsewhere)) return true;
      if (containers.has(type)) open.push(content);
    }
  }
  return false;
}

/** The flags of an entry are the last of its first four bytes. */
function isElsewhere({ content }: { readonly content: Buffer }): boolean {
  return ((content[3] ?? 0) & selfContained) === 0;
}
