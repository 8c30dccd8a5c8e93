import { crc32, createInflate, inflateSync } from "node:zlib";
import type { RandomAccessReader } from "./media-reader.js";
import { corrupt, type ImageCheck, maxParts, measured, trailing, truncated } from "./picture.js";

const signatureBytes = 8;
/** Length, type and checksum around the content of a chunk. */
const frameBytes = 12;
const partBytes = 1024 * 1024;
/** Colour profiles and texts that are packed; a profile of a printer has half a megabyte. */
const maxPackedBytes = 1024 * 1024;
const maxUnpackedBytes = 8 * 1024 * 1024;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly interlaced: boolean;
}

/**
 * Follows the chunks of a PNG from the header to the end mark, which must be the end of the file, compares
 * every checksum, and unpacks all that is packed, as far as its header allows: nothing is kept.
 */
export async function checkPng(reader: RandomAccessReader): Promise<ImageCheck> {
  let header: Header | undefined;
  let pixels: Unpacking | undefined;
  let offset = signatureBytes;
  for (let count = 0; offset + frameBytes <= reader.size; count += 1) {
    const start = await reader.read(offset, 8);
    const length = start.readUInt32BE(0);
    const type = start.toString("latin1", 4, 8);
    if (!/^[A-Za-z]{4}$/.test(type)) return corrupt(`no PNG chunk at byte ${offset}`);
    if (offset + frameBytes + length > reader.size) return truncated("PNG");
    if (!(await checksumFits(reader, offset, length))) return corrupt(`the ${type} chunk is damaged`);
    if (count === maxParts) return corrupt("the PNG has too many chunks");
    if ((type === "IHDR") !== (count === 0)) return corrupt("the PNG has no header");
    const content = { reader, offset: offset + 8, length };
    if (type === "IHDR") {
      header = await readHeader(content);
      if (header === undefined) return corrupt("the header of the PNG is damaged");
      const size = measured({ format: "png", width: header.width, height: header.height });
      if (!size.ok) return size;
      pixels = startUnpacking(pixelBytes(header));
    } else if (type === "IDAT") {
      if (pixels !== undefined && !(await pixels.add(content))) return corrupt("the pixels are damaged");
    } else if (type === "IEND") {
      const end = offset + frameBytes + length;
      if (end < reader.size) return trailing("PNG", reader.size - end);
      if (header === undefined || !(await pixels?.finish())) return corrupt("the PNG has no whole pixels");
      return measured({ format: "png", width: header.width, height: header.height });
    } else if (!(await isHarmless(type, content))) {
      return corrupt(`the ${type} chunk is none of a still picture`);
    }
    offset += frameBytes + length;
  }
  return truncated("PNG");
}

interface Content {
  readonly reader: RandomAccessReader;
  readonly offset: number;
  readonly length: number;
}

/** Samples of a pixel by colour type (PNG specification, 11.2.2). */
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

async function readHeader({ reader, offset, length }: Content): Promise<Header | undefined> {
  if (length !== 13) return undefined;
  const bytes = await reader.read(offset, 13);
  const samples = samplesOf[bytes.readUInt8(9)];
  const depth = bytes.readUInt8(8);
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(depth)) return undefined;
  return {
    width: bytes.readUInt32BE(0),
    height: bytes.readUInt32BE(4),
    bitsPerPixel: samples * depth,
    interlaced: bytes.readUInt8(12) === 1,
  };
}

/** First column and row, and the steps, of each pass of an interlaced picture. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** What the pixels unpack to: a byte before each row, and the row. */
function pixelBytes({ width, height, bitsPerPixel, interlaced }: Header): number {
  const all = interlaced ? passes : ([[0, 0, 1, 1]] as const);
  return all.reduce((sum, [left, top, right, down]) => {
    const columns = Math.ceil((width - left) / right);
    const rows = Math.ceil((height - top) / down);
    if (columns <= 0 || rows <= 0) return sum;
    return sum + rows * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  }, 0);
}

interface Unpacking {
  /** `false`: it is no packed data, or more than was promised. */
  add(content: Content): Promise<boolean>;
  finish(): Promise<boolean>;
}

/** Unpacks the pixels of all chunks as one stream and counts them. */
function startUnpacking(maxBytes: number): Unpacking {
  const inflate = createInflate();
  let bytes = 0;
  const failed = new Promise<boolean>((resolve) => {
    inflate.on("error", () => resolve(false));
    inflate.on("data", (part: Buffer) => {
      bytes += part.byteLength;
      if (bytes > maxBytes) inflate.destroy(new Error("more pixels than the header has"));
    });
  });
  const ended = new Promise<boolean>((resolve) => {
    inflate.on("end", () => resolve(bytes > 0));
  });
  const settled = (write: (done: (error?: unknown) => void) => void) =>
    Promise.race([
      failed,
      new Promise<boolean>((resolve) => {
        write((error) => resolve(!error));
      }),
    ]);
  return {
    async add(content) {
      for await (const part of partsOf(content)) {
        if (inflate.destroyed || !(await settled((done) => inflate.write(part, done)))) return false;
      }
      return true;
    },
    async finish() {
      inflate.end();
      return Promise.race([failed, ended]);
    },
  };
}

/** One chunk may hold the whole picture, so it is read in parts. */
async function* partsOf({ reader, offset, length }: Content): AsyncGenerator<Buffer> {
  const end = offset + length;
  for (let place = offset; place < end; place += partBytes) {
    yield await reader.read(place, Math.min(partBytes, end - place));
  }
}

/** The checksum covers type and content. */
async function checksumFits(reader: RandomAccessReader, offset: number, length: number): Promise<boolean> {
  let sum = 0;
  for await (const part of partsOf({ reader, offset: offset + 4, length: length + 4 }))
    sum = crc32(part, sum);
  return (await reader.read(offset + 8 + length, 4)).readUInt32BE(0) === sum;
}

/** Chunks that only some programs read begin with a small letter; of an animation there may be none. */
async function isHarmless(type: string, content: Content): Promise<boolean> {
  if (type === "PLTE") return true;
  if (/^[A-Z]|^(?:acTL|fcTL|fdAT)$/.test(type)) return false;
  if (!["iCCP", "zTXt", "iTXt"].includes(type)) return true;
  if (content.length > maxPackedBytes) return false;
  const packed = packedPart(type, await content.reader.read(content.offset, content.length));
  if (packed === null) return true;
  try {
    inflateSync(packed, { maxOutputLength: maxUnpackedBytes });
    return true;
  } catch {
    return false;
  }
}

/** What follows the name of a profile or text; `null` where it is not packed. */
function packedPart(type: string, content: Buffer): Buffer | null {
  const name = content.indexOf(0);
  if (name === -1) return null;
  if (type !== "iTXt") return content.subarray(name + 2);
  if (content[name + 1] !== 1) return null;
  const language = content.indexOf(0, name + 3);
  const translated = language === -1 ? -1 : content.indexOf(0, language + 1);
  return translated === -1 ? null : content.subarray(translated + 1);
}
