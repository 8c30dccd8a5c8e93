import { crc32 } from "node:zlib";
import type { RandomAccessReader } from "./media-reader.js";

interface ImageFacts {
  readonly format: "png" | "jpeg" | "webp";
  readonly width: number;
  readonly height: number;
}

export type ImageCheck =
  | { readonly ok: true; readonly facts: ImageFacts }
  | {
      readonly ok: false;
      readonly defect: "empty" | "not_image" | "truncated" | "corrupt";
      readonly detail: string;
    };

/**
 * Is this a whole PNG, JPEG or WebP, and how large is its picture? Nothing is decoded.
 *
 * The library image-size is not used (2.1.0, read 2026-11-30): it needs the beginning of the file in
 * one buffer, and in a damaged JPEG it searches byte by byte for anything that looks like a size.
 */
export async function checkImage(reader: RandomAccessReader): Promise<ImageCheck> {
  if (reader.size === 0) return { ok: false, defect: "empty", detail: "the file has no bytes" };
  const start = await reader.read(0, Math.min(32, reader.size));
  if (start.toString("latin1", 0, 8) === "\x89PNG\r\n\x1a\n") return checkPng(reader);
  if (start.length > 3 && start.readUInt16BE(0) === 0xffd8) return checkJpeg(reader);
  const isWebp = start.toString("latin1", 0, 4) === "RIFF" && start.toString("latin1", 8, 12) === "WEBP";
  if (isWebp) return checkWebp(start, reader.size);
  return { ok: false, defect: "not_image", detail: "the file is no PNG, JPEG or WebP" };
}

const endSearchBytes = 64 * 1024;

/** Follows the segments to the frame header, then looks for the end marker near the end. */
async function checkJpeg(reader: RandomAccessReader): Promise<ImageCheck> {
  const cut: ImageCheck = { ok: false, defect: "truncated", detail: "the JPEG ends too early" };
  const segmentBytes = 9;
  for (let offset = 2; offset + segmentBytes <= reader.size; ) {
    const segment = await reader.read(offset, segmentBytes);
    const marker = segment.readUInt8(1);
    if (segment.readUInt8(0) !== 0xff) {
      return { ok: false, defect: "corrupt", detail: `no JPEG segment at byte ${offset}` };
    }
    if (marker === 0xff) {
      // A fill byte in front of a marker.
      offset += 1;
    } else if (isFrameHeader(marker)) {
      const facts = {
        format: "jpeg",
        width: segment.readUInt16BE(7),
        height: segment.readUInt16BE(5),
      } as const;
      return (await hasJpegEnd(reader)) ? { ok: true, facts } : cut;
    } else {
      offset += 2 + segment.readUInt16BE(2);
    }
  }
  return cut;
}

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC), which lie between them. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Picture data never holds the end marker, as 0xFF is followed by 0x00 there. */
async function hasJpegEnd(reader: RandomAccessReader): Promise<boolean> {
  const length = Math.min(endSearchBytes, reader.size);
  const end = await reader.read(reader.size - length, length);
  return end.lastIndexOf(Buffer.from([0xff, 0xd9])) !== -1;
}

/** The three kinds of WebP put their size in different places (RFC 9649, section 2). */
function checkWebp(start: Buffer, fileSize: number): ImageCheck {
  const cut: ImageCheck = { ok: false, defect: "truncated", detail: "the WebP ends too early" };
  if (start.length < 30 || start.readUInt32LE(4) + 8 > fileSize) return cut;
  const kind = start.toString("latin1", 12, 16);
  if (kind === "VP8 ") return webp(start.readUInt16LE(26) & 0x3fff, start.readUInt16LE(28) & 0x3fff);
  if (kind === "VP8X") return webp(start.readUIntLE(24, 3) + 1, start.readUIntLE(27, 3) + 1);
  if (kind !== "VP8L") return { ok: false, defect: "corrupt", detail: "the WebP holds no picture" };
  const bits = start.readUInt32LE(21);
  return webp((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
}

function webp(width: number, height: number): ImageCheck {
  return { ok: true, facts: { format: "webp", width, height } };
}

const signatureBytes = 8;
/** Length, type and checksum around the content of a chunk. */
const frameBytes = 12;
const partBytes = 1024 * 1024;

/** Follows the chunks from the header to the end mark and compares every checksum. */
async function checkPng(reader: RandomAccessReader): Promise<ImageCheck> {
  const cut: ImageCheck = { ok: false, defect: "truncated", detail: "the PNG ends too early" };
  let facts: { format: "png"; width: number; height: number } | undefined;
  for (let offset = signatureBytes; offset + frameBytes <= reader.size; ) {
    const header = await reader.read(offset, 8);
    const length = header.readUInt32BE(0);
    const type = header.toString("latin1", 4, 8);
    if (!/^[A-Za-z]{4}$/.test(type)) {
      return { ok: false, defect: "corrupt", detail: `no PNG chunk at byte ${offset}` };
    }
    if (offset + frameBytes + length > reader.size) return cut;
    if (!(await checksumFits(reader, offset, length))) {
      return { ok: false, defect: "corrupt", detail: `the ${type} chunk is damaged` };
    }
    if (type === "IHDR" && length >= 8) facts = { format: "png", ...(await readSize(reader, offset + 8)) };
    if (type === "IEND") {
      if (facts === undefined) return { ok: false, defect: "corrupt", detail: "the PNG has no header" };
      return { ok: true, facts };
    }
    offset += frameBytes + length;
  }
  return cut;
}

async function readSize(
  reader: RandomAccessReader,
  offset: number,
): Promise<{ width: number; height: number }> {
  const size = await reader.read(offset, 8);
  return { width: size.readUInt32BE(0), height: size.readUInt32BE(4) };
}

/** The checksum covers type and content. It is read in parts: one chunk may hold the whole picture. */
async function checksumFits(reader: RandomAccessReader, offset: number, length: number): Promise<boolean> {
  const end = offset + 8 + length;
  let sum = 0;
  for (let place = offset + 4; place < end; place += partBytes) {
    sum = crc32(await reader.read(place, Math.min(partBytes, end - place)), sum);
  }
  return (await reader.read(end, 4)).readUInt32BE(0) === sum;
}
