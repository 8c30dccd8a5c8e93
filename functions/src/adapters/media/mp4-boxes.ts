/** A box of an MP4 (ISO/IEC 14496-12): four letters and what is in it. */
export interface Box {
  readonly type: string;
  readonly content: Buffer;
  /** From its content to the end of its parent: players read a table on where its box is too short. */
  readonly rest: Buffer;
}

/**
 * The index contradicts itself; a more lenient reader may still find its way. What is larger than the
 * index of any video is a `RangeError` instead: nobody else is asked to read that.
 */
export class IndexError extends Error {
  override readonly name = "IndexError";
}

/** Far more than any index of a real video has, inside of one box and in all containers together. */
const maxBoxes = 10_000;

/**
 * The boxes in a piece of an index. A box that claims more than is there ends where its parent ends,
 * and what cannot be a box ends the list: players read on in the same way.
 */
export function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    if (boxes.length === maxBoxes) throw new RangeError("the index has too many boxes");
    const size = sizeOf(bytes.subarray(offset, offset + 16), bytes.length - offset);
    if (size === null) break;
    const isLarge = bytes.readUInt32BE(offset) === 1;
    const end = Math.min(bytes.length, offset + size);
    const type = bytes.toString("latin1", offset + 4, offset + 8);
    const start = Math.min(end, offset + (isLarge ? 16 : 8));
    boxes.push({ type, content: bytes.subarray(start, end), rest: bytes.subarray(start) });
    offset = end;
  }
  return boxes;
}

/** The content of the first box on a way of types; empty when there is none. */
export function contentAt(bytes: Buffer, ...way: readonly string[]): Buffer {
  let content = bytes;
  for (const type of way) {
    content = boxesIn(content).find((box) => box.type === type)?.content ?? Buffer.alloc(0);
  }
  return content;
}

/** All boxes in a piece of an index and in its containers, at any depth. */
export function boxesWithin(bytes: Buffer, containers: ReadonlySet<string>): Box[] {
  const found: Box[] = [];
  const open = [bytes];
  for (let inside = open.pop(); inside !== undefined; inside = open.pop()) {
    const boxes = boxesIn(inside);
    if (found.length + boxes.length > maxBoxes) throw new RangeError("the index has too many boxes");
    found.push(...boxes);
    open.push(...boxes.filter(({ type }) => containers.has(type)).map(({ content }) => content));
  }
  return found;
}

/** A table in the index of a track, with what stands behind it; empty when there is none. */
export function tableAt(bytes: Buffer, type: string): Buffer {
  return boxesIn(bytes).find((box) => box.type === type)?.rest ?? Buffer.alloc(0);
}

/** Size of the box with this header; `null` when it cannot be one. */
export function sizeOf(header: Buffer, remaining: number): number | null {
  if (header.length < 8) return null;
  const shortSize = header.readUInt32BE(0);
  // 0: the box reaches to the end of the file.
  if (shortSize === 0) return remaining;
  if (shortSize !== 1) return shortSize >= 8 ? shortSize : null;
  if (header.length < 16) return null;
  const largeSize = Number(header.readBigUInt64BE(8));
  return largeSize >= 16 ? largeSize : null;
}

/** Rows of 32-bit numbers behind a count, of which no more are believed than are there. */
export interface Rows {
  readonly count: number;
  /** As the box says; more than are there is a contradiction. */
  readonly promised: number;
  /** The number in a column of a row. */
  at(row: number, column: number): number;
}

export function rowsOf(content: Buffer, columns: number, countOffset = 4): Rows {
  const start = countOffset + 4;
  const promised = content.length >= start ? content.readUInt32BE(countOffset) : 0;
  const held = Math.max(0, Math.floor((content.length - start) / (columns * 4)));
  return {
    count: Math.min(promised, held),
    promised,
    at: (row, column) => content.readUInt32BE(start + (row * columns + column) * 4),
  };
}
