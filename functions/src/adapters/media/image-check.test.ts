import { crc32, deflateSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
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

const ihdr = (width: number, height: number, rest = "0800000000") => {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return chunk("IHDR", Buffer.concat([size, Buffer.from(rest, "hex")]));
};
const pngOf = (...chunks: readonly Buffer[]) =>
  Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...chunks, chunk("IEND", Buffer.alloc(0))]);
const pixels = (bytes: number) => chunk("IDAT", deflateSync(Buffer.alloc(bytes)));
const packed = (bytes: number) =>
  Buffer.concat([Buffer.from("name\0\0", "latin1"), deflateSync(Buffer.alloc(bytes))]);
const packedText = (bytes: number) =>
  Buffer.concat([Buffer.from("name\0\x01\0en\0name\0", "latin1"), deflateSync(Buffer.alloc(bytes))]);
/** 640 grey pixels and a filter byte in each of 360 rows. */
const rows = 360 * 641;
const jpegOf = (...parts: readonly string[]) => Buffer.from(`ffd8${parts.join("")}ffd9`, "hex");
const frame = (width: string, height: string) => `ffc0001108${height}${width}03012200021101031101`;
const scan = "ffda000c03010002110311003f00aabb";
const page = Buffer.from("<html><script>alert(1)</script></html>");

describe("a picture that is made to do harm", () => {
  it.each([
    ["a PNG with more pixels than memory", pngOf(ihdr(60_000, 60_000), pixels(1)), "too_large"],
    ["a PNG as long as a road", pngOf(ihdr(1, 2 ** 31 - 1), pixels(1)), "too_large"],
    ["a JPEG with more pixels than memory", jpegOf(frame("ffff", "ffff"), scan), "too_large"],
    ["a WebP with more pixels than memory", webp("VP8X", "00000000ffffffffffff"), "too_large"],
    ["a PNG whose pixels unpack to more than its size", pngOf(ihdr(640, 360), pixels(rows + 1)), "corrupt"],
    ["an interlaced PNG with a byte too many", pngOf(ihdr(5, 3, "0802000001"), pixels(53)), "corrupt"],
    ["a PNG bomb", pngOf(ihdr(1, 1), pixels(50_000_000)), "corrupt"],
    [
      "a bomb of many chunks",
      pngOf(ihdr(1, 1), ...splitChunks(deflateSync(Buffer.alloc(9_000_000)))),
      "corrupt",
    ],
    [
      "a bomb in a colour profile",
      pngOf(ihdr(640, 360), chunk("iCCP", packed(20_000_000)), pixels(rows)),
      "corrupt",
    ],
    ["a bomb in a text", pngOf(ihdr(640, 360), chunk("zTXt", packed(20_000_000)), pixels(rows)), "corrupt"],
    [
      "a bomb in a text of another language",
      pngOf(ihdr(640, 360), chunk("iTXt", packedText(20_000_000)), pixels(rows)),
      "corrupt",
    ],
    [
      "a PNG of countless chunks",
      pngOf(
        ihdr(640, 360),
        ...Array.from({ length: 20_001 }, () => chunk("tEXt", Buffer.alloc(0))),
        pixels(rows),
      ),
      "corrupt",
    ],
    ["an animation", pngOf(ihdr(640, 360), chunk("acTL", Buffer.alloc(8)), pixels(rows)), "corrupt"],
    [
      "a chunk that nobody knows and all must",
      pngOf(ihdr(640, 360), chunk("EVIL", page), pixels(rows)),
      "corrupt",
    ],
    ["two headers", pngOf(ihdr(640, 360), ihdr(60_000, 60_000), pixels(rows)), "corrupt"],
    ["pixels before the header", pngOf(pixels(rows), ihdr(640, 360)), "corrupt"],
    ["a header without pixels", pngOf(ihdr(640, 360)), "corrupt"],
    ["pixels that are none", pngOf(ihdr(640, 360), chunk("IDAT", page)), "corrupt"],
    ["a colour type that does not exist", pngOf(ihdr(640, 360, "0805000000"), pixels(rows)), "corrupt"],
    ["no size", pngOf(ihdr(0, 360), pixels(1)), "corrupt"],
    ["a JPEG with two frames", jpegOf(frame("0280", "0168"), frame("ffff", "ffff"), scan), "corrupt"],
    ["a JPEG without a picture", jpegOf(frame("0280", "0168")), "corrupt"],
    ["a JPEG of countless scans", jpegOf(frame("0280", "0168"), scan.repeat(101)), "corrupt"],
    ["a JPEG of fill bytes", jpegOf("ff".repeat(30_000), frame("0280", "0168"), scan), "corrupt"],
    ["an animated WebP", webp("VP8X", "020000007f0200670100"), "corrupt"],
  ])("is refused: %s", async (_, bytes, defect) => {
    expect(await check(bytes)).toMatchObject({ ok: false, defect });
  });

  it.each([
    ["PNG", png],
    ["JPEG", jpeg],
    ["WebP", webp("VP8 ", "0000009d012a800268010000")],
  ])("is no %s with something else behind it", async (_, bytes) => {
    for (const more of [page, Buffer.from("PK\x03\x04"), Buffer.alloc(1), jpeg]) {
      expect(await check(Buffer.concat([bytes, more]))).toMatchObject({ ok: false, defect: "corrupt" });
    }
  });

  it.each([
    ["interlaced", pngOf(ihdr(5, 3, "0802000001"), pixels(52))],
    [
      "with a palette of one bit",
      pngOf(ihdr(640, 360, "0103000000"), chunk("PLTE", Buffer.alloc(6)), pixels(360 * 81)),
    ],
    ["with a profile", pngOf(ihdr(640, 360), chunk("iCCP", packed(500_000)), pixels(rows))],
    [
      "with a plain text",
      pngOf(ihdr(640, 360), chunk("iTXt", Buffer.from("name\0\0\0\0\0words")), pixels(rows)),
    ],
    ["in many chunks", pngOf(ihdr(640, 360), ...splitChunks(deflateSync(Buffer.alloc(rows))))],
  ])("takes an ordinary PNG %s", async (_, bytes) => {
    expect(await check(bytes)).toMatchObject({ ok: true });
  });

  it("passes in no form in which bytes are changed, cut out or put in, and no form breaks the check", async () => {
    const samples = [png, jpeg, webp("VP8 ", `0000009d012a80026801${"00".repeat(100)}`)];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.nat(),
        fc.uint8Array({ maxLength: 8 }),
        async (sample, from, length, bytes) => {
          const start = from % (sample.length + 1);
          const changed = Buffer.concat([
            sample.subarray(0, start),
            bytes,
            sample.subarray(start + (length % 9)),
          ]);
          const found = await check(changed);
          if (sample === png && !changed.equals(png)) expect(found.ok).toBe(false);
          if (found.ok) expect(found.facts.width * found.facts.height).toBeLessThanOrEqual(64_000_000);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

function splitChunks(data: Buffer): Buffer[] {
  const length = Math.max(1, Math.ceil(data.length / 50));
  return Array.from({ length: Math.ceil(data.length / length) }, (_, index) =>
    chunk("IDAT", data.subarray(index * length, (index + 1) * length)),
  );
}
