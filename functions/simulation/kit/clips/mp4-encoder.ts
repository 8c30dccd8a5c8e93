import h264 from "h264-mp4-encoder";
import {
  AudioSample,
  AudioSampleSource,
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
import { type Clip, drawBar, drawTitleCard, framesPerSecond } from "./clip.js";
import { clearTimes } from "./file-bytes.js";
import type { Picture } from "./picture.js";

/**
 * The bar crosses the picture in this time, then its frames come again. Every cycle begins with a
 * frame that stands on its own, so one encoded cycle serves a clip of any length.
 */
const cycleSeconds = 4;
const toneHertz = 440;
const audioSampleRate = 48_000;

/**
 * A playable H.264 MP4 with its index in front, and AAC sound when the clip has any. Runs in a
 * worker: the H.264 encoder installs process-wide error handlers (libraries read 2026-11-21).
 */
export async function encodeMp4(clip: Clip): Promise<Buffer> {
  const frameCount = Math.max(1, Math.round(clip.durationSeconds * framesPerSecond));
  const cycleFrames = Math.min(frameCount, cycleSeconds * framesPerSecond);
  const input = new Input({ formats: [MP4], source: new BufferSource(await encodeCycle(clip, cycleFrames)) });
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  output.setMetadataTags({ title: clip.id, comment: "SIMULATED" });
  const video = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(video, { frameRate: framesPerSecond });
  const audio = clip.audio ? await addAudioTrack(output) : undefined;
  await output.start();
  await repeatCycle(input, video, frameCount);
  if (audio !== undefined) await addTone(audio, frameCount / framesPerSecond);
  await output.finalize();
  input.dispose();
  if (target.buffer === null) throw new Error("the clip was not written");
  const bytes = Buffer.from(target.buffer);
  clearTimes(bytes);
  return bytes;
}

/** The encoder's own MP4 of one cycle: no sync-sample table, index at the end. */
async function encodeCycle(clip: Clip, frames: number): Promise<Uint8Array> {
  const encoder = await h264.createH264MP4Encoder();
  encoder.width = clip.width;
  encoder.height = clip.height;
  encoder.frameRate = framesPerSecond;
  encoder.groupOfPictures = framesPerSecond;
  encoder.quantizationParameter = 26;
  encoder.speed = 10;
  encoder.initialize();
  const picture = drawTitleCard(clip);
  const yuv = createYuv(picture);
  for (let frame = 0; frame < frames; frame += 1) {
    updateYuv(yuv, picture, drawBar(picture, frame / Math.max(1, frames - 1)));
    encoder.addFrameYuv(yuv);
  }
  encoder.finalize();
  const bytes = encoder.FS.readFile(encoder.outputFilename);
  encoder.FS.unlink(encoder.outputFilename);
  encoder.delete();
  return bytes;
}

async function repeatCycle(input: Input, video: EncodedVideoPacketSource, frameCount: number): Promise<void> {
  const track = await input.getPrimaryVideoTrack();
  const decoderConfig = await track?.getDecoderConfig();
  if (!track || !decoderConfig) throw new Error("the encoder made no video track");
  const cycle: EncodedPacket[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) cycle.push(packet);
  for (let frame = 0; frame < frameCount; frame += 1) {
    const packet = cycle[frame % cycle.length];
    if (packet === undefined) throw new Error("the encoder made no frames");
    const timed = packet.clone({
      // Without a sync-sample table every packet counts as a key packet, and seeking in a browser
      // then shows the next real one instead of the one asked for.
      type: isKeyPacket(packet.data) ? "key" : "delta",
      timestamp: frame / framesPerSecond,
      duration: 1 / framesPerSecond,
      sequenceNumber: frame,
    });
    await video.add(timed, { decoderConfig });
  }
}

/** Does the packet hold a slice of an IDR picture (NAL unit type 5)? */
function isKeyPacket(data: Uint8Array): boolean {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let offset = 0; offset + 4 < data.length; offset += 4 + view.getUint32(offset)) {
    if ((view.getUint8(offset + 4) & 0x1f) === 5) return true;
  }
  return false;
}

/** The AAC encoder is a megabyte of WebAssembly: loaded only for clips with sound. */
async function addAudioTrack(output: Output): Promise<AudioSampleSource> {
  const { registerAacEncoder } = await import("@mediabunny/aac-encoder");
  registerAacEncoder();
  const source = new AudioSampleSource({ codec: "aac", bitrate: 64_000 });
  output.addAudioTrack(source);
  return source;
}

/** A quiet tone, a second at a time: the encoder becomes slow when it gets minutes at once. */
async function addTone(source: AudioSampleSource, durationSeconds: number): Promise<void> {
  const total = Math.round(durationSeconds * audioSampleRate);
  for (let start = 0; start < total; start += audioSampleRate) {
    const data = Float32Array.from(
      { length: Math.min(audioSampleRate, total - start) },
      (_, index) => 0.05 * Math.sin((2 * Math.PI * toneHertz * (start + index)) / audioSampleRate),
    );
    const timestamp = start / audioSampleRate;
    await source.add(
      new AudioSample({ data, format: "f32", numberOfChannels: 1, sampleRate: audioSampleRate, timestamp }),
    );
  }
}

/** Bytes of a picture in I420, the layout that the encoder takes: full luma, quarter colour. */
function createYuv(picture: Picture): Uint8Array {
  const yuv = new Uint8Array((picture.width * picture.height * 3) / 2);
  updateYuv(yuv, picture, { fromRow: 0, toRow: picture.height });
  return yuv;
}

/** Converts some rows only; both ends must be even. Frames differ in few rows. */
function updateYuv(
  yuv: Uint8Array,
  picture: Picture,
  rows: { readonly fromRow: number; readonly toRow: number },
): void {
  const { width, height, pixels } = picture;
  const colours = picture.palette.map(toBt601);
  const blueStart = width * height;
  const redStart = blueStart + blueStart / 4;
  for (let y = rows.fromRow; y < rows.toRow; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = colours[pixels[y * width + x] ?? 0];
      if (colour === undefined) continue;
      yuv[y * width + x] = colour.luma;
      if (y % 2 === 1 || x % 2 === 1) continue;
      const quarter = (y / 2) * (width / 2) + x / 2;
      yuv[blueStart + quarter] = colour.blueDifference;
      yuv[redStart + quarter] = colour.redDifference;
    }
  }
}

/** BT.601, limited range: what a player assumes when a file does not say. */
function toBt601({ red, green, blue }: Picture["palette"][number]) {
  return {
    luma: Math.round(16 + 0.257 * red + 0.504 * green + 0.098 * blue),
    blueDifference: Math.round(128 - 0.148 * red - 0.291 * green + 0.439 * blue),
    redDifference: Math.round(128 + 0.439 * red - 0.368 * green - 0.071 * blue),
  };
}
