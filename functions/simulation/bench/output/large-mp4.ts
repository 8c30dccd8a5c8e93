const width = 640;
const height = 360;
const framesPerSecond = 25;
const sampleBytes = 64 * 1024;
/** What goes out at once. */
const samplesPerBlock = 16;
/** Decoder configuration of our own clips of this size (h264-mp4-encoder 1.0.12). */
const decoderConfiguration = Buffer.from("01420016ffe1000a67420016a680a02ff95001000468ce3c80", "hex");

export interface LargeMp4 {
  readonly bytes: number;
  readonly durationSeconds: number;
  content(): Generator<Buffer>;
}

/**
 * An MP4 of about this size that passes every check and was never held anywhere: index in front, and
 * frames that are one picture unit each, filled with the same bytes. A decoder would show nothing.
 */
export function largeMp4(aboutBytes: number): LargeMp4 {
  const samples = Math.max(1, Math.round(aboutBytes / sampleBytes));
  const fileType = box("ftyp", Buffer.from("isom"), u32(512), Buffer.from("isomiso2avc1mp41"));
  const indexBytes = index(samples, 0).length;
  const dataStart = fileType.length + indexBytes + 16;
  const head = Buffer.concat([
    fileType,
    index(samples, dataStart),
    // A size of 1 says that the true one follows in eight bytes.
    ...[u32(1), Buffer.from("mdat"), u64(16 + samples * sampleBytes)],
  ]);
  const block = Buffer.concat(Array.from({ length: samplesPerBlock }, sample));
  return {
    bytes: head.length + samples * sampleBytes,
    durationSeconds: samples / framesPerSecond,
    *content() {
      yield head;
      for (let left = samples; left > 0; left -= samplesPerBlock) {
        yield left >= samplesPerBlock ? block : block.subarray(0, left * sampleBytes);
      }
    },
  };
}

/** A length, the header of a key picture (NAL unit type 5), and filling. */
function sample(): Buffer {
  return Buffer.concat([u32(sampleBytes - 4), Buffer.from([0x65]), Buffer.alloc(sampleBytes - 5, 0x9a)]);
}

function index(samples: number, dataStart: number): Buffer {
  const movieHeader = fullBox(
    ...(["mvhd", 0] as const),
    ...[u32(0, 0, framesPerSecond, samples, 0x10000), u16(0x100), Buffer.alloc(10), unityMatrix],
    ...[Buffer.alloc(24), u32(2)],
  );
  const trackHeader = fullBox(
    ...(["tkhd", 3] as const),
    ...[u32(0, 0, 1, 0, samples, 0, 0), u16(0, 0, 0, 0), unityMatrix],
    ...[u32(width * 0x10000, height * 0x10000)],
  );
  const mediaHeader = fullBox("mdhd", 0, u32(0, 0, framesPerSecond, samples), u16(0x55c4, 0));
  const handler = fullBox("hdlr", 0, u32(0), Buffer.from("vide"), Buffer.alloc(13));
  const dataInThisFile = box("dinf", fullBox("dref", 0, u32(1), fullBox("url ", 1)));
  const information = box(
    "minf",
    fullBox("vmhd", 1, Buffer.alloc(8)),
    dataInThisFile,
    table(samples, dataStart),
  );
  return box("moov", movieHeader, box("trak", trackHeader, box("mdia", mediaHeader, handler, information)));
}

/** One frame to a chunk, all of one size, each a key frame. */
function table(samples: number, dataStart: number): Buffer {
  const entry = box(
    "avc1",
    ...[Buffer.alloc(6), u16(1), Buffer.alloc(16), u16(width, height), u32(0x480000, 0x480000, 0)],
    ...[u16(1), Buffer.alloc(32), u16(24, 0xffff), box("avcC", decoderConfiguration)],
  );
  const offsets = Buffer.alloc(samples * 8);
  for (let place = 0; place < samples; place += 1) {
    offsets.writeBigUInt64BE(BigInt(dataStart + place * sampleBytes), place * 8);
  }
  return box(
    "stbl",
    fullBox("stsd", 0, u32(1), entry),
    fullBox("stts", 0, u32(1, samples, 1)),
    fullBox("stsc", 0, u32(1, 1, 1, 1)),
    fullBox("stsz", 0, u32(sampleBytes, samples)),
    fullBox("co64", 0, u32(samples), offsets),
  );
}

/** Boxes of an MP4 (ISO/IEC 14496-12), written as they are read: four bytes of size, four letters. */
function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const size = 8 + parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([u32(size), Buffer.from(type, "latin1"), ...parts]);
}

function fullBox(type: string, flags: number, ...parts: readonly Buffer[]): Buffer {
  return box(type, u32(flags), ...parts);
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** No rotation, no scaling. */
const unityMatrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
