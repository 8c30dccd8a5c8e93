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

async function madeVideo(options: { frames?: number; frameBytes?: number; fragmented?: boolean } = {}) {
  const target = new BufferTarget();
  const fastStart = options.fragmented ? "fragmented" : "in-memory";
  const output = new Output({ format: new Mp4OutputFormat({ fastStart }), target });
  const source = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(source);
  await output.start();
  const decoderConfig = {
    codec: "avc1.42001e",
    codedWidth: 640,
    codedHeight: 360,
    description: avcDescription,
  };
  for (let index = 0; index < (options.frames ?? 40); index += 1) {
    await source.add(frame(index, options.frameBytes ?? 500, index % 10 === 0), { decoderConfig });
  }
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
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
