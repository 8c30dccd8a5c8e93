import type { EncodedPacket, EncodedPacketSink, Input, InputVideoTrack } from "mediabunny";
import { FileReadError, type RandomAccessReader, withMediaInput } from "./media-reader.js";
import { refersOutside } from "./mp4-references.js";

interface Mp4Facts {
  /** Subtype of the MIME type: `mp4`, `quicktime`, `webm`. */
  readonly container: string;
  /** First part of the codec string: `avc1`, `hvc1`, `vp09`, `av01`. */
  readonly codec: string;
  /** As displayed: after rotation and pixel aspect ratio. */
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly hasAudio: boolean;
  readonly fps: number;
}

type VideoDefect = "empty" | "not_mp4" | "truncated" | "no_video" | "corrupt";

type VideoCheck =
  | { readonly ok: true; readonly facts: Mp4Facts }
  | { readonly ok: false; readonly defect: VideoDefect; readonly detail: string };

/** Up to this size every packet is read; above it a sample, so that cost does not follow size. */
const readWhollyBytes = 8 * 1024 * 1024;
const sampledPackets = 32;
/** More than an hour has. A few bytes of an index can promise billions. */
const maxPackets = 250_000;

/**
 * Is this a whole, playable MP4? Parsers accept files that were cut or overwritten (mediabunny,
 * mp4box and mediainfo.js all did, tried 2026-11-21), so we check ourselves: boxes end where the
 * file ends, NAL units fill their packets, and there is a key frame to begin with. Damage inside
 * one NAL unit stays unseen: that would take a decoder.
 * Throws only when the file could not be read.
 */
export async function checkMp4(reader: RandomAccessReader): Promise<VideoCheck> {
  if (reader.size === 0) return { ok: false, defect: "empty", detail: "the file has no bytes" };
  const boxes = await walkBoxes(reader);
  if (!boxes.ok) return boxes;
  if (await refersOutside(reader)) {
    return { ok: false, defect: "corrupt", detail: "it takes frames from another file" };
  }
  try {
    return await withMediaInput(reader, (input) => checkVideo(input, reader.size));
  } catch (error) {
    if (error instanceof FileReadError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, defect: "corrupt", detail: detail.slice(0, 300) };
  }
}

async function checkVideo(input: Input, fileSize: number): Promise<VideoCheck> {
  const track = await input.getPrimaryVideoTrack();
  if (track === null) return { ok: false, defect: "no_video", detail: "there is no video track" };
  const { EncodedPacketSink } = await import("mediabunny");
  const sink = new EncodedPacketSink(track);
  if ((await sink.getFirstPacket({ metadataOnly: true })) === null) {
    return { ok: false, defect: "no_video", detail: "the video track has no frames" };
  }
  if ((await sink.getFirstKeyPacket({ metadataOnly: true })) === null) {
    return { ok: false, defect: "corrupt", detail: "there is no key frame" };
  }
  const problem = await packetProblem(track, packetsOf(sink, fileSize));
  if (problem !== null) return { ok: false, defect: "corrupt", detail: problem };
  for (const sound of await input.getAudioTracks()) {
    // The last bytes of a file may be of the sound alone.
    for await (const packet of packetsOf(new EncodedPacketSink(sound), fileSize)) {
      if (!isWhole(packet))
        return { ok: false, defect: "truncated", detail: "a part of the sound is missing" };
    }
  }
  return { ok: true, facts: await readVideoFacts(input, track) };
}

/**
 * All packets that the index lists, or in a large file the first, the last in the file and some between them;
 * `null` for one whose bytes are not there. A parser ends its own walk at the first of those without a word.
 */
async function* packetsOf(sink: EncodedPacketSink, fileSize: number): AsyncGenerator<EncodedPacket | null> {
  const times: number[] = [];
  for await (const { timestamp } of sink.packets(undefined, undefined, { metadataOnly: true })) {
    if (times.length === maxPackets) throw new Error("too many frames");
    times.push(timestamp);
  }
  const step = fileSize <= readWhollyBytes ? 1 : Math.max(1, (times.length - 1) / (sampledPackets - 1));
  for (let index = 0; index < times.length; index += step) {
    yield await sink.getPacket(times[Math.round(index)] ?? 0);
  }
}

function isWhole(packet: EncodedPacket | null): packet is EncodedPacket {
  return packet !== null && packet.data.length > 0 && packet.data.length === packet.byteLength;
}

/** What is wrong with the packets; codecs other than H.264 and H.265 are only counted. */
async function packetProblem(
  track: InputVideoTrack,
  packets: AsyncIterable<EncodedPacket | null>,
): Promise<string | null> {
  const config = await track.getDecoderConfig();
  const description = config?.description === undefined ? undefined : toBytes(config.description);
  const lengthBytes = nalLengthBytes(await track.getCodec(), description);
  let read = 0;
  let bad = 0;
  for await (const packet of packets) {
    read += 1;
    const isSound = isWhole(packet) && (lengthBytes === null || nalUnitsTile(packet.data, lengthBytes));
    if (!isSound) bad += 1;
  }
  if (read === 0) return "no frame could be read";
  return bad === 0 ? null : `${bad} of ${read} frames are damaged`;
}

function toBytes(source: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** Packets that are enough to tell the frame rate. */
const packetsForFps = 50;

async function readVideoFacts(input: Input, track: InputVideoTrack): Promise<Mp4Facts> {
  const format = await input.getFormat();
  const codec = (await track.getCodecParameterString()) ?? String(await track.getInternalCodecId());
  const stats = await track.computePacketStats(packetsForFps);
  return {
    container: format.mimeType.split("/")[1] ?? format.mimeType,
    codec: codec.split(".")[0] ?? codec,
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    durationSeconds: (await track.computeDuration()) - Math.max(0, await track.getFirstTimestamp()),
    hasAudio: (await input.getPrimaryAudioTrack()) !== null,
    fps: stats.averagePacketRate,
  };
}

type BoxWalk =
  | { readonly ok: true; readonly types: ReadonlySet<string> }
  | { readonly ok: false; readonly defect: "not_mp4" | "truncated"; readonly detail: string };

/** Types that a file of this family may begin with (ISO/IEC 14496-12, QuickTime). */
const firstTypes = new Set(["ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "pnot"]);

/** Far more than any real file has. Ends the walk through a file that was made to keep us busy. */
const maxBoxes = 100_000;

/**
 * Follows the top-level boxes by their sizes. They must end exactly where the file ends: the only
 * way to see that a download was cut, as players and parsers do not complain.
 */
async function walkBoxes(reader: RandomAccessReader): Promise<BoxWalk> {
  const types = new Set<string>();
  let offset = 0;
  for (let count = 0; offset < reader.size; count += 1) {
    if (count === maxBoxes) return { ok: false, defect: "not_mp4", detail: "too many boxes" };
    const header = await reader.read(offset, Math.min(16, reader.size - offset));
    const type = header.toString("latin1", 4, 8);
    if (offset === 0 && !firstTypes.has(type)) {
      return { ok: false, defect: "not_mp4", detail: "the file does not begin with an MP4 box" };
    }
    const boxSize = sizeOf(header, reader.size - offset);
    if (boxSize === null) {
      return { ok: false, defect: "truncated", detail: `no box at byte ${offset} of ${reader.size}` };
    }
    types.add(type);
    offset += boxSize;
  }
  if (offset > reader.size) {
    return { ok: false, defect: "truncated", detail: `${offset - reader.size} bytes are missing at the end` };
  }
  if (!types.has("moov")) return { ok: false, defect: "truncated", detail: "the index (moov) is missing" };
  return { ok: true, types };
}

/** Size of the box with this header; `null` when it cannot be one. */
function sizeOf(header: Buffer, remaining: number): number | null {
  if (header.length < 8) return null;
  const shortSize = header.readUInt32BE(0);
  // 0: the box reaches to the end of the file.
  if (shortSize === 0) return remaining;
  if (shortSize !== 1) return shortSize >= 8 ? shortSize : null;
  if (header.length < 16) return null;
  const largeSize = Number(header.readBigUInt64BE(8));
  return largeSize >= 16 ? largeSize : null;
}

/**
 * How many bytes the length in front of every NAL unit has, from the decoder configuration record
 * (ISO/IEC 14496-15); `null` for codecs and files without such lengths.
 */
export function nalLengthBytes(codec: string | null, description: Uint8Array | undefined): number | null {
  if (description === undefined) return null;
  const place = codec === "avc" ? 4 : codec === "hevc" ? 21 : undefined;
  const byte = place === undefined ? undefined : description[place];
  return byte === undefined ? null : (byte & 0b11) + 1;
}

/** Do the NAL units of a packet fill it exactly, and does each begin with a valid header? */
export function nalUnitsTile(data: Uint8Array, lengthBytes: number): boolean {
  let offset = 0;
  while (offset < data.length) {
    const header = offset + lengthBytes;
    if (header >= data.length) return false;
    let length = 0;
    for (let index = offset; index < header; index += 1) length = length * 256 + (data[index] ?? 0);
    const forbiddenBit = (data[header] ?? 0) & 0x80;
    if (length === 0 || forbiddenBit !== 0) return false;
    offset = header + length;
  }
  return data.length > 0 && offset === data.length;
}
