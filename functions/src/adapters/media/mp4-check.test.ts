import { describe, expect, it } from "@jest/globals";
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import { bufferReader, type RandomAccessReader } from "./media-reader.js";
import { checkMp4 } from "./mp4-check.js";
import { nalLengthBytes, nalUnitsTile } from "./mp4-frames.js";

/** Baseline 640×360, as an encoder writes it: SPS and PPS behind their lengths. */
const avcDescription = Buffer.from("0142001effe1000a6742001ea680a02ff95001000468ce09c8", "hex");
const framesPerSecond = 10;

/** One NAL unit behind its length: type 5 stands alone, type 1 builds on the frame before. */
function frame(index: number, bytes: number, isKey: boolean): EncodedPacket {
  const data = Buffer.alloc(bytes, 0x42);
  data.writeUInt32BE(bytes - 4, 0);
  data.writeUInt8(isKey ? 0x65 : 0x41, 4);
  return new EncodedPacket(data, isKey ? "key" : "delta", index / framesPerSecond, 1 / framesPerSecond);
}

interface Made {
  readonly frames?: number;
  readonly frameBytes?: number;
  readonly fragmented?: boolean;
  readonly sound?: boolean;
  /** The index behind the data, so that it can grow. */
  readonly indexLast?: boolean;
}

const soundConfig = {
  codec: "mp4a.40.2",
  sampleRate: 48_000,
  numberOfChannels: 1,
  description: Buffer.from("1188", "hex"),
};
const soundFrame = Buffer.alloc(50, 0x21);
/** Longer than the picture, so that the last bytes of a file are sound. */
const soundSeconds = 0.11;

async function madeVideo(options: Made = {}) {
  const target = new BufferTarget();
  const fastStart = options.fragmented ? "fragmented" : options.indexLast ? false : "in-memory";
  const output = new Output({ format: new Mp4OutputFormat({ fastStart }), target });
  const source = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(source);
  const sound = options.sound ? new EncodedAudioPacketSource("aac") : null;
  if (sound !== null) output.addAudioTrack(sound);
  await output.start();
  const decoderConfig = {
    codec: "avc1.42001e",
    codedWidth: 640,
    codedHeight: 360,
    description: avcDescription,
  };
  for (let index = 0; index < (options.frames ?? 40); index += 1) {
    await source.add(frame(index, options.frameBytes ?? 500, index % 10 === 0), { decoderConfig });
    const packet = new EncodedPacket(soundFrame, "key", index * soundSeconds, soundSeconds);
    await sound?.add(packet, { decoderConfig: soundConfig });
  }
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

/** Its data have no length of their own and reach to the end of the file, wherever that is. */
function withOpenEnd(bytes: Buffer): Buffer {
  const open = Buffer.from(bytes);
  open.writeUInt32BE(0, bytes.lastIndexOf("mdat") - 4);
  return open;
}

async function madeSound(): Promise<Buffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const source = new EncodedAudioPacketSource("aac");
  output.addAudioTrack(source);
  await output.start();
  await source.add(new EncodedPacket(Buffer.alloc(50, 1), "key", 0, 0.02), {
    decoderConfig: {
      codec: "mp4a.40.2",
      sampleRate: 48_000,
      numberOfChannels: 1,
      description: Buffer.from("1188", "hex"),
    },
  });
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

function defectOf(bytes: Buffer): Promise<string> {
  return checkMp4(bufferReader(bytes)).then((check) => (check.ok ? "none" : check.defect));
}

/** The header of a box. */
function boxHeader(type: string, bytes: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(bytes, 0);
  header.write(type, 4, "latin1");
  return header;
}

describe("checking an MP4", () => {
  it("accepts a whole file and tells its facts", async () => {
    const check = await checkMp4(bufferReader(await madeVideo()));
    expect(check).toMatchObject({
      ok: true,
      facts: { codec: "avc1", width: 640, height: 360, hasAudio: false },
    });
    expect(check.ok && check.facts.durationSeconds).toBeCloseTo(4, 3);
    expect(check.ok && check.facts.fps).toBeCloseTo(10, 3);
  });

  it("accepts a fragmented file", async () => {
    expect(await defectOf(await madeVideo({ fragmented: true }))).toBe("none");
  });

  it("calls every cut of a file a defect, wherever the cut is", async () => {
    const bytes = await madeVideo({ frames: 5, frameBytes: 60 });
    const passing: number[] = [];
    for (let length = 0; length < bytes.length; length += 1) {
      if ((await defectOf(bytes.subarray(0, length))) === "none") passing.push(length);
    }
    expect(passing).toEqual([]);
  });

  it.each([
    ["of pictures", {}],
    ["with sound", { sound: true }],
  ])("misses bytes at the end also where no box has a length: a file %s", async (_, options) => {
    const whole = withOpenEnd(await madeVideo({ frames: 12, frameBytes: 60, ...options }));
    expect(await defectOf(whole)).toBe("none");
    const cuts = Array.from({ length: 400 }, (_cut, index) => index + 1);
    const passing: number[] = [];
    for (const cut of cuts) {
      if ((await defectOf(whole.subarray(0, whole.length - cut))) === "none") passing.push(cut);
    }
    expect(passing).toEqual([]);
  });

  it("says how many bytes of a cut file are missing", async () => {
    const bytes = await madeVideo();
    expect(await checkMp4(bufferReader(bytes.subarray(0, bytes.length - 16_404)))).toEqual({
      ok: false,
      defect: "truncated",
      detail: "16404 bytes are missing at the end",
    });
  });

  it("misses the index when only the data arrived", async () => {
    const data = Buffer.from("0000000c6d64617400000000", "hex");
    expect(await defectOf(data)).toBe("truncated");
  });

  it.each([
    ["HTML", "<!DOCTYPE html><html></html>"],
    ["JSON", '{"error":"expired"}'],
    ["three bytes", "abc"],
  ])("does not take %s for an MP4", async (_, text) => {
    expect(await defectOf(Buffer.from(text))).toBe("not_mp4");
  });

  it.each(["url ", "urn ", "alis", "xxxx"])(
    "takes no file whose frames are in another one, by %j",
    async (type) => {
      for (const fragmented of [false, true]) {
        const bytes = await madeVideo({ fragmented });
        const entry = bytes.indexOf("url ", 0, "latin1");
        expect([await defectOf(bytes), bytes.readUInt32BE(entry + 4)]).toEqual(["none", 1]);
        bytes.write(type, entry, "latin1");
        bytes.writeUInt32BE(0, entry + 4);
        expect(await checkMp4(bufferReader(bytes))).toEqual({
          ok: false,
          defect: "corrupt",
          detail: "it takes frames from another file",
        });
      }
    },
  );

  it.each([
    ["a second list of files", ["trak", "mdia", "minf", "dinf"], []],
    ["an index inside of the index", [], ["moov", "trak", "mdia", "minf", "dinf"]],
    ["a second index", null, ["moov", "trak", "mdia", "minf", "dinf"]],
  ])("takes no file whose frames are in another one, by %s", async (_what, way, inside) => {
    const bytes = await madeVideo({ indexLast: true });
    const list = box("dref", 0, 1, 12, 0x75726c20, 0);
    const added = inside.reduceRight(
      (content, type) => Buffer.concat([boxHeader(type, 8 + content.length), content]),
      list,
    );
    const changed = way === null ? Buffer.concat([bytes, added]) : withBox(bytes, way, added);
    expect(await defectOf(changed)).toBe("corrupt");
  });

  it("ends on boxes inside boxes and on a million of them", async () => {
    const whole = await madeVideo();
    const nest = Buffer.concat(
      Array.from({ length: 90_000 }, (_, depth) => boxHeader("moov", 8 * (90_000 - depth))),
    );
    const wide = Buffer.concat([
      boxHeader("moov", 8 + 8_000_000),
      Buffer.alloc(8_000_000, boxHeader("free", 8)),
    ]);
    for (const more of [nest, wide]) {
      expect(["none", "corrupt"]).toContain(await defectOf(Buffer.concat([whole, more])));
      expect(await defectOf(Buffer.concat([whole.subarray(0, whole.readUInt32BE(0)), more]))).not.toBe(
        "none",
      );
    }
    const indexLast = await madeVideo({ indexLast: true });
    for (const more of [nest, wide]) expect(await defectOf(withBox(indexLast, [], more))).toBe("corrupt");
  });

  it.each([
    ["tracks", []],
    ["tables", ["mdia", "minf", "stbl"]],
  ])("counts the boxes of all %s together, so that an index of them takes no time", async (_what, way) => {
    const boxes = Buffer.alloc(72_000, boxHeader("free", 8));
    const track = ["trak", ...way].reduceRight(
      (content, type) => Buffer.concat([boxHeader(type, 8 + content.length), content]),
      boxes,
    );
    const bytes = withBox(await madeVideo({ indexLast: true }), [], Buffer.concat(Array(60).fill(track)));
    const start = process.cpuUsage();
    expect(await checkMp4(bufferReader(bytes))).toMatchObject({
      defect: "corrupt",
      detail: "the index has too many boxes",
    });
    expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
  });

  it("sees frames in another file also behind a track with a fault, as no converter may fetch them", async () => {
    const bytes = await madeVideo({ indexLast: true, sound: true });
    bytes.writeUInt32BE(9, bytes.indexOf("stsd") + 8);
    expect(await checkMp4(bufferReader(bytes))).toMatchObject({ defect: "corrupt", remedy: "remux" });
    bytes.writeUInt32BE(0, bytes.lastIndexOf("url ") + 4);
    expect(await checkMp4(bufferReader(bytes))).toEqual({
      ok: false,
      defect: "corrupt",
      detail: "it takes frames from another file",
    });
  });

  it("wants a picture and not only sound", async () => {
    expect(await defectOf(await madeSound())).toBe("no_video");
  });

  it("sees one damaged frame among many in a small file", async () => {
    const bytes = await madeVideo();
    bytes.fill(0xff, bytes.length - 1_000, bytes.length - 900);
    expect(await checkMp4(bufferReader(bytes))).toMatchObject({
      defect: "corrupt",
      detail: "1 of 40 frames are damaged",
    });
  });

  it("does not accept an index that is nonsense", async () => {
    const bytes = await madeVideo();
    const index = bytes.indexOf("moov");
    bytes.fill(0x5a, index + 4, index + 200);
    expect(await defectOf(bytes)).not.toBe("none");
  });
});

function box(type: string, ...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(8 + numbers.length * 4);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.write(type, 4, "latin1");
  for (const [place, number] of numbers.entries()) bytes.writeInt32BE(number, 8 + place * 4);
  return bytes;
}

/** A file whose index lies at its end, with another box at the end of the last of these, each in the one before. */
function withBox(bytes: Buffer, way: readonly string[], added: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  let start = copy.lastIndexOf("moov") - 4;
  let end = copy.length;
  for (const type of ["moov", ...way]) {
    start = copy.indexOf(type, start) - 4;
    end = start + copy.readUInt32BE(start);
    copy.writeUInt32BE(end - start + added.length, start);
  }
  return Buffer.concat([copy.subarray(0, end), added, copy.subarray(end)]);
}

describe("an MP4 whose index promises more than there is", () => {
  it("is refused when its data was cut behind an mdat that is open", async () => {
    const bytes = await madeVideo({ sound: true });
    bytes.writeUInt32BE(0, bytes.indexOf("mdat") - 4);
    expect(await defectOf(bytes)).toBe("none");
    expect(await defectOf(bytes.subarray(0, bytes.length - 100))).toBe("truncated");
    expect(await defectOf(bytes.subarray(0, Math.floor(bytes.length / 2)))).toBe("truncated");
  });

  it("is refused when its sound was zeroed, as a browser stops there", async () => {
    const bytes = await madeVideo({ sound: true });
    bytes.fill(0, bytes.lastIndexOf(soundFrame), bytes.lastIndexOf(soundFrame) + soundFrame.length);
    expect(await checkMp4(bufferReader(bytes))).toMatchObject({
      defect: "corrupt",
      detail: "1 of 40 frames of sound are damaged",
    });
  });

  it("is refused when a fragment of it is lost", async () => {
    const bytes = await madeVideo({ fragmented: true });
    bytes.write("free", bytes.lastIndexOf("moof"), "latin1");
    expect(await checkMp4(bufferReader(bytes))).toMatchObject({ ok: false });
  });

  it.each(["stts", "stsz", "stsc", "stss"])(
    "is refused when the count of %s is raised, at once",
    async (type) => {
      const bytes = await madeVideo();
      for (const count of [1_000, 0x7fffffff, 0xffffffff]) {
        bytes.writeUInt32BE(count, bytes.indexOf(type) + (type === "stsz" ? 12 : 8));
        const start = performance.now();
        expect(await defectOf(bytes)).not.toBe("none");
        expect(performance.now() - start).toBeLessThan(2_000);
      }
    },
  );

  it("is read in no time when one row of times holds for billions of frames", async () => {
    const bytes = await madeVideo();
    bytes.writeUInt32BE(0xfffffff0, bytes.indexOf("stts") + 12);
    expect(await checkMp4(bufferReader(bytes))).toMatchObject({ ok: true });
  });

  it("is refused when its picture has no size or stands still", async () => {
    const bytes = await madeVideo();
    bytes.fill(
      0,
      bytes.indexOf("avc1", bytes.indexOf("stsd")) + 28,
      bytes.indexOf("avc1", bytes.indexOf("stsd")) + 32,
    );
    expect(await checkMp4(bufferReader(bytes))).toMatchObject({ detail: "the picture has no size" });
    const still = await madeVideo({ frames: 1 });
    const timescale = still.readUInt32BE(still.indexOf("mdhd") + 16);
    still.writeUInt32BE(timescale * 5, still.indexOf("stts") + 16);
    expect(await checkMp4(bufferReader(still))).toMatchObject({ defect: "no_video" });
  });

  it.each(["mp4v", "apcn", "jpeg", "encv", "xxxx"])(
    "tells a codec that browsers do not play: %s",
    async (codec) => {
      const bytes = await madeVideo();
      bytes.write(codec, bytes.indexOf("avc1", bytes.indexOf("stsd")), "latin1");
      const detail = `browsers do not play ${codec}`;
      expect(await checkMp4(bufferReader(bytes))).toMatchObject({
        defect: "unplayable",
        detail,
        remedy: "encode",
      });
    },
  );
});

describe("an MP4 that players play", () => {
  const seconds = async (bytes: Buffer) => {
    const check = await checkMp4(bufferReader(bytes));
    return check.ok ? check.facts.durationSeconds : check.detail;
  };

  it.each([
    ["the end cut off", [0, 1, 2_000, 0, 0x10000], 2],
    ["a second of nothing in front", [0, 2, 1_000, -1, 0x10000, 4_000, 0, 0x10000], 5],
    ["more than there is", [0, 1, 9_000, 0, 0x10000], 4],
    ["no length, so to its end", [0, 1, 0, 0, 0x10000], 4],
  ])("has the length that they show after an edit list with %s", async (_what, numbers, expected) => {
    const bytes = await madeVideo({ indexLast: true });
    const header = bytes.indexOf("mvhd") + 16;
    bytes.writeUInt32BE(1_000, header);
    const list = box("elst", ...numbers);
    const edits = Buffer.concat([box("edts"), list]);
    edits.writeUInt32BE(edits.length, 0);
    expect(await seconds(withBox(bytes, ["trak"], edits))).toBeCloseTo(expected, 2);
  });

  it.each([1, 2, 3, 7, 8])("may have %d bytes behind it", async (count) => {
    for (const byte of [0, 0x20, 0xff]) {
      const bytes = await madeVideo();
      expect(await defectOf(Buffer.concat([bytes, Buffer.alloc(count, byte)]))).toBe("none");
    }
  });

  it("may not have more behind it, which a converter can mend", async () => {
    const bytes = Buffer.concat([await madeVideo(), Buffer.alloc(9, 0x20)]);
    expect(await checkMp4(bufferReader(bytes))).toMatchObject({ defect: "truncated", remedy: "remux" });
  });

  it.each(["colr", "btrt", "pasp", "clap"])("may have a %s that is too short", async (type) => {
    const bytes = await madeVideo({ indexLast: true });
    const way = ["trak", "mdia", "minf", "stbl", "stsd", "avc1"];
    expect(await defectOf(withBox(bytes, way, box(type)))).toBe("none");
  });

  it.each(["udta", "meta", "ilst"])("may have a %s with nonsense in it", async (type) => {
    const bytes = await madeVideo({ indexLast: true });
    for (const added of [box(type), box(type, -1, -1), box(type, 3, 0x41414141)]) {
      expect(await defectOf(withBox(bytes, [], added))).toBe("none");
      expect(await defectOf(withBox(bytes, ["trak"], added))).toBe("none");
    }
  });
});

describe("checking a large MP4", () => {
  function counted(bytes: Buffer): { reader: RandomAccessReader; bytesRead: () => number } {
    let total = 0;
    const reader = bufferReader(bytes);
    return {
      reader: {
        size: reader.size,
        read(offset, length) {
          total += length;
          return reader.read(offset, length);
        },
      },
      bytesRead: () => total,
    };
  }

  it("reads a sample of it", async () => {
    const { reader, bytesRead } = counted(await madeVideo({ frames: 1_000, frameBytes: 20_000 }));
    expect((await checkMp4(reader)).ok).toBe(true);
    expect(bytesRead()).toBeLessThan(reader.size / 10);
  });

  it("sees damage to its first and to its last frame", async () => {
    const bytes = await madeVideo({ frames: 1_000, frameBytes: 20_000 });
    const data = bytes.indexOf("mdat") + 4;
    const first = Buffer.from(bytes);
    first.fill(0xff, data, data + 100);
    expect(await defectOf(first)).toBe("corrupt");
    const last = Buffer.from(bytes);
    last.fill(0xff, last.length - 20_000, last.length - 19_900);
    expect(await defectOf(last)).toBe("corrupt");
  });
});

describe("a file that cannot be read", () => {
  it("is no verdict about the file", async () => {
    const bytes = await madeVideo();
    const whole = bufferReader(bytes);
    for (let failing = 1; failing <= 4; failing += 1) {
      let reads = 0;
      const reader: RandomAccessReader = {
        size: whole.size,
        read: async (offset, length) => {
          reads += 1;
          if (reads >= failing) throw new Error("connection lost");
          return whole.read(offset, length);
        },
      };
      await expect(checkMp4(reader)).rejects.toThrow(/connection lost|could not be read/);
    }
  });
});

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
    const box = (type: string, content: Buffer) => {
      const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), content]);
      bytes.writeUInt32BE(bytes.length, 0);
      return bytes;
    };
    expect(nalLengthBytes("avc1", box("avcC", Buffer.from([1, 66, 0, 30, 0xff])))).toBe(4);
    expect(nalLengthBytes("avc1", box("avcC", Buffer.from([1, 66, 0, 30, 0xfd])))).toBe(2);
    expect(nalLengthBytes("hev1", box("hvcC", Buffer.alloc(23, 3)))).toBe(4);
    expect(nalLengthBytes("vp09", box("vpcC", Buffer.alloc(23)))).toBeNull();
    expect(nalLengthBytes("avc1", Buffer.alloc(0))).toBeNull();
  });
});
