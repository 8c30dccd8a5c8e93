import { describe, expect, it } from "@jest/globals";
import { nalLengthBytes, nalUnitsTile } from "./nal-units.js";

function units(...sizes: number[]): Buffer {
  return Buffer.concat(
    sizes.map((size) => {
      const unit = Buffer.alloc(4 + size, 0x41);
      unit.writeUInt32BE(size, 0);
      return unit;
    }),
  );
}

describe("NAL units", () => {
  it("tile a packet that is whole", () => {
    expect(nalUnitsTile(units(7), 4)).toBe(true);
    expect(nalUnitsTile(units(3, 900, 1), 4)).toBe(true);
  });

  it("do not tile a packet with a byte too many or too few", () => {
    expect(nalUnitsTile(Buffer.concat([units(7), Buffer.alloc(1)]), 4)).toBe(false);
    expect(nalUnitsTile(units(3, 900).subarray(0, -1), 4)).toBe(false);
  });

  it("are never empty, and neither is a packet", () => {
    expect(nalUnitsTile(Buffer.alloc(8), 4)).toBe(false);
    expect(nalUnitsTile(Buffer.alloc(0), 4)).toBe(false);
  });

  it("keep their forbidden bit at zero", () => {
    const unit = units(7);
    unit.writeUInt8(0xc1, 4);
    expect(nalUnitsTile(unit, 4)).toBe(false);
  });

  it("have lengths as wide as the decoder configuration says", () => {
    expect(nalLengthBytes("avc", Buffer.from([1, 66, 0, 30, 0xff]))).toBe(4);
    expect(nalLengthBytes("avc", Buffer.from([1, 66, 0, 30, 0xfd]))).toBe(2);
    expect(nalLengthBytes("hevc", Buffer.alloc(23, 3))).toBe(4);
    expect(nalLengthBytes("vp9", Buffer.alloc(23))).toBeNull();
    expect(nalLengthBytes("avc", undefined)).toBeNull();
  });
});
