import { crc32, deflateSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { checkImage } from "./image-check.js";
import { bufferReader } from "./media-reader.js";

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(typed.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(typed, 4);
  framed.writeUInt32BE(crc32(typed), typed.length + 4);
  return framed;
}

const png = Buffer.concat([
  Buffer.from("89504e470d0a1a0a", "hex"),
  chunk("IHDR", Buffer.from("00000280000001680800000000", "hex")),
  chunk("IDAT", deflateSync(Buffer.alloc(5_000))),
  chunk("IEND", Buffer.alloc(0)),
]);

/** Start, an APP0 segment, a fill byte, a progressive frame header, data, end. */
const jpeg = Buffer.from(
  `ffd8${"ffe000104a46494600010100000100010000"}ff${"ffc2001108016802800301220002110103110100"}${"ffda0000"}aabbccffd9`,
  "hex",
);

function webp(kind: string, body: string): Buffer {
  const content = Buffer.concat([
    Buffer.from(`WEBP${kind}`, "latin1"),
    Buffer.alloc(4),
    Buffer.from(body, "hex"),
  ]);
  const header = Buffer.from("RIFF\0\0\0\0", "latin1");
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}

const check = (bytes: Buffer) => checkImage(bufferReader(bytes));

describe("checking a picture", () => {
  it.each([
    ["PNG", png, "png"],
    ["JPEG", jpeg, "jpeg"],
    ["lossy WebP", webp("VP8 ", "0000009d012a800268010000"), "webp"],
    ["lossless WebP", webp("VP8L", "2f7fc259000000000000"), "webp"],
    ["extended WebP", webp("VP8X", "000000007f0200670100"), "webp"],
  ])("reads the size of a %s", async (_, bytes, format) => {
    expect(await check(bytes)).toEqual({ ok: true, facts: { format, width: 640, height: 360 } });
  });

  it.each([
    ["PNG", png],
    ["JPEG", jpeg],
  ])("calls every cut of a %s a defect", async (_, bytes) => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect((await check(bytes.subarray(0, length))).ok).toBe(false);
    }
  });

  it("calls a cut WebP truncated", async () => {
    const bytes = webp("VP8 ", `0000009d012a80026801${"00".repeat(100)}`);
    expect(await check(bytes.subarray(0, -1))).toMatchObject({ defect: "truncated" });
  });

  it("sees a changed byte in a PNG", async () => {
    const bytes = Buffer.from(png);
    const place = bytes.indexOf("IDAT") + 6;
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    expect(await check(bytes)).toMatchObject({ defect: "corrupt", detail: "the IDAT chunk is damaged" });
  });

  it("does not take a page or nothing for a picture", async () => {
    expect(await check(Buffer.from("<html></html>"))).toMatchObject({ defect: "not_image" });
    expect(await check(Buffer.alloc(0))).toMatchObject({ defect: "empty" });
  });
});
