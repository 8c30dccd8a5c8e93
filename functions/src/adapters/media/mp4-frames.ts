import { contentAt } from "./mp4-boxes.js";

/**
 * Can this be a frame of its codec? Only what is seen without a decoder: damage inside a picture unit
 * stays unseen. Codecs that are not known here need bytes only.
 */
export function isReadable(codec: string, data: Buffer, lengthBytes: number | null): boolean {
  const first = data[0];
  if (first === undefined) return false;
  if (lengthBytes !== null) return nalUnitsTile(data, lengthBytes);
  // Both bits of the frame marker (VP9 bitstream specification, 6.2).
  if (codec === "vp09") return first >>> 6 === 0b10;
  // No forbidden bit, and no reserved type 0 (AV1 bitstream specification, 5.3.2).
  if (codec === "av01") return (first & 0x80) === 0 && (first & 0x78) !== 0;
  // A browser stops at the first frame of sound that holds nothing; even silence begins with something.
  if (codec === "mp4a" || codec === "fLaC") return data.subarray(0, 8).some((byte) => byte !== 0);
  return true;
}

const avc = { box: "avcC", lengthAt: 4 };
const hevc = { box: "hvcC", lengthAt: 21 };
const configurations: Readonly<Record<string, typeof avc>> = { avc1: avc, avc3: avc, hvc1: hevc, hev1: hevc };

/**
 * How many bytes the length in front of every NAL unit has, from the decoder configuration record in
 * a sample entry (ISO/IEC 14496-15); `null` for codecs and files without such lengths.
 */
export function nalLengthBytes(codec: string, sampleEntryBoxes: Buffer): number | null {
  const configuration = configurations[codec];
  if (configuration === undefined) return null;
  const byte = contentAt(sampleEntryBoxes, configuration.box)[configuration.lengthAt];
  return byte === undefined ? null : (byte & 0b11) + 1;
}

const zeros = Buffer.alloc(4);

/** Do the NAL units of a packet fill it exactly, does each begin with a valid header, and was none zeroed? */
export function nalUnitsTile(data: Buffer, lengthBytes: number): boolean {
  let offset = 0;
  while (offset < data.length) {
    const header = offset + lengthBytes;
    if (header >= data.length) return false;
    let length = 0;
    for (let index = offset; index < header; index += 1) length = length * 256 + (data[index] ?? 0);
    const forbiddenBit = (data[header] ?? 0) & 0x80;
    if (length === 0 || forbiddenBit !== 0) return false;
    offset = header + length;
    if (hasHole(data.subarray(header, offset))) return false;
  }
  return data.length > 0 && offset === data.length;
}

/** Some writers fill a unit with a few zeros at its end. */
const maxFilling = 64;

/** Zeros inside a unit are always broken up by the encoder (ISO/IEC 14496-10, 7.4.1). */
function hasHole(unit: Buffer): boolean {
  const place = unit.indexOf(zeros);
  if (place === -1) return false;
  return unit.length - place > maxFilling || unit.subarray(place).some((byte) => byte !== 0);
}
