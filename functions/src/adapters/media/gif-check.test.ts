import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkGif } from "./gif-check.js";
import { bufferReader } from "./media-reader.js";

/** 4×2 pixels, two frames of half a second, a looping extension, written by hand from the specification. */
function animation(delays: readonly number[] = [50, 50]): Buffer {
  const header = Buffer.from([...Buffer.from("GIF89a"), 4, 0, 2, 0, 0x80, 0, 0]);
  const colours = Buffer.from([0, 0, 0, 255, 255, 255]);
  const loop = Buffer.from([0x21, 0xff, 11, ...Buffer.from("NETSCAPE2.0"), 3, 1, 0, 0, 0]);
  const frames = delays.map((delay) =>
    Buffer.from([
      0x21,
      0xf9,
      4,
      0,
      delay & 0xff,
      delay >> 8,
      0,
      0,
      0x2c,
      0,
      0,
      0,
      0,
      4,
      0,
      2,
      0,
      0,
      2,
      2,
      0x84,
      0x51,
      0,
    ]),
  );
  return Buffer.concat([header, colours, loop, ...frames, Buffer.from([0x3b])]);
}

function changedAt(bytes: Buffer, place: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(value, place);
  return changed;
}

const check = (bytes: Buffer) => checkGif(bufferReader(bytes));

describe("checking a GIF", () => {
  it("tells its size and how long it runs", async () => {
    expect(await check(animation())).toEqual({
      ok: true,
      facts: { width: 4, height: 2, durationSeconds: 1, codec: "gif", hasAudio: false },
    });
  });

  it("counts a frame without a time as browsers show it", async () => {
    expect(await check(animation([0, 1, 2]))).toMatchObject({ facts: { durationSeconds: 0.22 } });
  });

  it.each([
    ["empty", Buffer.alloc(0), "empty"],
    ["with something behind its end", Buffer.concat([animation(), Buffer.from("<html>")]), "corrupt"],
    ["with a frame beyond its picture", changedAt(animation(), animation().indexOf(0x2c) + 5, 5), "corrupt"],
    ["of more pixels than a screen has", changedAt(animation(), 7, 0x50), "corrupt"],
    ["of another kind", Buffer.from("<!DOCTYPE html><html></html>"), "corrupt"],
    ["without frames", animation([]), "no_video"],
    [
      "with an unknown block",
      Buffer.concat([animation([]).subarray(0, -1), Buffer.alloc(20, 0x55)]),
      "corrupt",
    ],
  ])("refuses a file that is %s", async (_what, bytes, defect) => {
    expect(await check(bytes)).toMatchObject({ ok: false, defect });
  });

  it("sees every cut", async () => {
    const whole = animation();
    for (let length = 1; length < whole.length; length += 1) {
      expect(await check(whole.subarray(0, length))).toMatchObject({ ok: false, defect: "truncated" });
    }
  });

  it("ends on any bytes at all", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        const bytes = Buffer.concat([animation().subarray(0, 13), noise]);
        expect(typeof (await check(bytes)).ok).toBe("boolean");
      }),
    );
  });
});
