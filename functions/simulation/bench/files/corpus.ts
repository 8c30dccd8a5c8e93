import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BufferSource,
  BufferTarget,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import type { ClipFactory } from "../../kit/clips/clip-factory.js";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";

/** A file of which is known whether players play it. */
export interface CorpusFile {
  readonly name: string;
  readonly plays: boolean;
  readonly bytes: Buffer;
}

/** `good` and `bad` in a folder: files that nobody tuned the check on. */
export async function readCorpus(directory: string): Promise<CorpusFile[]> {
  const files: CorpusFile[] = [];
  for (const folder of ["good", "bad"]) {
    const names = await readdir(join(directory, folder)).catch(() => [] as string[]);
    for (const name of names.sort()) {
      const bytes = await readFile(join(directory, folder, name));
      files.push({ name: `${folder}/${name}`, plays: folder === "good", bytes });
    }
  }
  if (files.length === 0) throw new Error(`there is no file in good or bad of ${directory}`);
  return files;
}

const clip: SimulatedFile = {
  vendor: "runway",
  model: "gen4.5",
  id: "5a0c9c1e-2f0b-4f0e-9a53-8f0b8a2c7d11",
  medium: "video",
  width: 640,
  height: 360,
  durationSeconds: 3,
  audio: true,
};

/** Our own clips, and what is made of them; whether they play is known by how they were made. */
export async function ownCorpus(clips: ClipFactory): Promise<CorpusFile[]> {
  const render = async (changes: Partial<SimulatedFile> = {}) =>
    Buffer.from((await clips.render({ ...clip, ...changes }))?.bytes ?? []);
  const whole = await render();
  const silent = await render({ audio: false });
  const good: Record<string, Buffer> = {
    whole,
    silent,
    upright: await render({ width: 360, height: 640 }),
    "in fragments": await rewritten(whole, "fragmented"),
    "index at the end": await rewritten(whole, false),
    "three bytes behind it": Buffer.concat([whole, Buffer.alloc(3)]),
    "a free box behind it": Buffer.concat([whole, Buffer.from("0000000c6672656500000000", "hex")]),
    "an open mdat": changed(whole, (bytes) => bytes.writeUInt32BE(0, bytes.indexOf("mdat") - 4)),
    "user data that is no box": changed(whole, (bytes) => bytes.fill(0xff, ...contentOf(bytes, "udta"))),
    "a times table without end": changed(silent, (bytes) =>
      bytes.writeUInt32BE(0xfffffff0, bytes.indexOf("stts") + 12),
    ),
  };
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  const bad: Record<string, Buffer> = {
    "nothing at all": Buffer.alloc(0),
    "a web page": Buffer.from("<!DOCTYPE html><html></html>"),
    "cut at half": half,
    "cut at half behind an open mdat": changed(half, (bytes) =>
      bytes.writeUInt32BE(0, bytes.indexOf("mdat") - 4),
    ),
    "frames of zeros": changed(whole, (bytes) => bytes.fill(0, bytes.indexOf("mdat") + 4)),
    "an index of zeros": changed(whole, (bytes) => bytes.fill(0, ...contentOf(bytes, "moov"))),
    "no size": changed(silent, (bytes) =>
      bytes.fill(0, bytes.indexOf("avc1", 64) + 28, bytes.indexOf("avc1", 64) + 32),
    ),
    "a codec that browsers do not play": changed(silent, (bytes) =>
      bytes.write("mp4v", bytes.indexOf("avc1", bytes.indexOf("stsd")), "latin1"),
    ),
    "more samples than there are": changed(silent, (bytes) =>
      bytes.writeUInt32BE(0x7fffffff, bytes.indexOf("stsz") + 12),
    ),
  };
  const toFiles = (named: Record<string, Buffer>, plays: boolean) =>
    Object.entries(named).map(([name, bytes]) => ({ name, plays, bytes }));
  return [...toFiles(good, true), ...toFiles(bad, false)];
}

function changed(bytes: Buffer, change: (copy: Buffer) => unknown): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

function contentOf(bytes: Buffer, type: string): [start: number, end: number] {
  const place = bytes.indexOf(type);
  return [place + 4, place - 4 + bytes.readUInt32BE(place - 4)];
}

/** The same pictures in another arrangement of boxes. */
async function rewritten(bytes: Buffer, fastStart: "fragmented" | false): Promise<Buffer> {
  const input = new Input({ formats: [MP4], source: new BufferSource(bytes) });
  const track = await input.getPrimaryVideoTrack();
  const decoderConfig = await track?.getDecoderConfig();
  if (!track || !decoderConfig) throw new Error("the clip has no picture");
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart }), target });
  const source = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(source);
  await output.start();
  const packets: AsyncIterable<EncodedPacket> = new EncodedPacketSink(track).packets();
  for await (const packet of packets) await source.add(packet, { decoderConfig });
  await output.finalize();
  input.dispose();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}
