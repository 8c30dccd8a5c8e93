import { checkJpeg } from "./jpeg-check.js";
import type { RandomAccessReader } from "./media-reader.js";
import { corrupt, type ImageCheck, measured, trailing, truncated } from "./picture.js";
import { checkPng } from "./png-check.js";

/**
 * Is this a whole PNG, JPEG or WebP and nothing else, and how large is its picture? Nothing is decoded.
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

const animated = 0x02;

/** The three kinds of WebP put their size in different places (RFC 9649, section 2). */
function checkWebp(start: Buffer, fileSize: number): ImageCheck {
  const end = start.length < 30 ? fileSize + 1 : start.readUInt32LE(4) + 8;
  if (end > fileSize) return truncated("WebP");
  if (end < fileSize) return trailing("WebP", fileSize - end);
  const kind = start.toString("latin1", 12, 16);
  if (kind === "VP8 ") return webp(start.readUInt16LE(26) & 0x3fff, start.readUInt16LE(28) & 0x3fff);
  if (kind === "VP8X") {
    if ((start.readUInt8(20) & animated) !== 0) return corrupt("the WebP is no still picture");
    return webp(start.readUIntLE(24, 3) + 1, start.readUIntLE(27, 3) + 1);
  }
  if (kind !== "VP8L") return corrupt("the WebP holds no picture");
  const bits = start.readUInt32LE(21);
  return webp((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
}

function webp(width: number, height: number): ImageCheck {
  return measured({ format: "webp", width, height });
}
