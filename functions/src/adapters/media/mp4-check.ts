import type { FileDefect, Remedy } from "../../domain/output/check.js";
import type { RandomAccessReader } from "./media-reader.js";
import { contentAt, IndexError } from "./mp4-boxes.js";
import { isReadable, nalLengthBytes } from "./mp4-frames.js";
import { type DataPlaces, type Mp4Index, type Mp4Track, readIndex } from "./mp4-index.js";
import { readIndexParts } from "./mp4-walk.js";

interface Mp4Facts {
  /** Type of the sample entry: `avc1`, `hvc1`, `vp09`, `av01`. */
  readonly codec: string;
  /** As displayed: after rotation and pixel aspect ratio. */
  readonly width: number;
  readonly height: number;
  /** As players show it: the end of the picture after what the edit list cuts off or puts in front. */
  readonly durationSeconds: number;
  /** Sound that browsers play; other sound is never heard. */
  readonly hasAudio: boolean;
  readonly fps: number;
}

export type VideoCheck =
  | { readonly ok: true; readonly facts: Mp4Facts }
  | { readonly ok: false; readonly defect: FileDefect; readonly detail: string; readonly remedy?: Remedy };

/** Up to this size every frame is read; above it a sample, so that cost does not follow size. */
const readWhollyBytes = 8 * 1024 * 1024;
const sampledFrames = 32;
/** No frame of a video that we order is so large. */
const maxFrameBytes = 32 * 1024 * 1024;

/** What browsers show and hear of an MP4 or QuickTime file (tried in Chromium 156, 2026-11-30). */
const playablePictures = new Set(["avc1", "avc3", "hvc1", "hev1", "vp09", "av01"]);
const playableSounds = new Set(["mp4a", "Opus", "fLaC", ".mp3", "sowt", "twos", "lpcm", "in24", "fl32"]);
/** H.264 and H.265 cannot be decoded without a configuration of their own. */
const configurationBoxes: Readonly<Record<string, string>> = { avc1: "avcC", hvc1: "hvcC", hev1: "hvcC" };

/**
 * Is this a whole, playable MP4? Players are lenient and parsers accept files that were cut or
 * overwritten, so we compare what the index promises with what the file holds: every sample of picture
 * and sound lies inside the file, and what can be seen of a frame without a decoder is right.
 * Throws only when the file could not be read.
 */
export async function checkMp4(reader: RandomAccessReader): Promise<VideoCheck> {
  if (reader.size === 0) return bad("empty", "the file has no bytes");
  const parts = await readIndexParts(reader);
  if (!parts.ok) return parts;
  let index: Mp4Index;
  try {
    index = readIndex(parts);
  } catch (error) {
    // The bytes are in memory: whatever is thrown is thrown by what they say.
    const detail = error instanceof Error ? error.message.slice(0, 300) : "the index is nonsense";
    return error instanceof IndexError ? bad("corrupt", detail, "remux") : bad("corrupt", detail);
  }
  const played = index.tracks.filter(({ kind, samples }) => kind !== "other" && samples.sizes.length > 0);
  const videos = played.filter(({ kind }) => kind === "video");
  const video = videos.find(({ codec }) => playablePictures.has(codec)) ?? videos[0];
  if (video === undefined) return bad("no_video", "there is no video track with frames");
  for (const track of played) {
    const problem = rangeProblem(track, reader.size);
    if (problem !== null) return bad("truncated", parts.missing ?? problem);
  }
  if (parts.missing !== null && parts.fragments.length > 0) return bad("truncated", parts.missing);
  if (parts.fragments.length > 0 && hasOrphan(parts.data, index)) {
    return bad("corrupt", "there is data that no fragment names");
  }
  const problem = headerProblem(video);
  if (problem !== null) return bad(...problem);
  return (await frameProblem(reader, played)) ?? withFacts(index, video, played, parts.fragments.length > 0);
}

function bad(defect: FileDefect, detail: string, remedy?: Remedy) {
  return { ok: false, defect, detail, ...(remedy === undefined ? {} : { remedy }) } as const;
}

/** Does the index promise bytes that are not there, or the same ones over and over? */
function rangeProblem({ kind, samples }: Mp4Track, fileSize: number): string | null {
  let promised = 0;
  let outside = 0;
  for (const [number, offset] of samples.offsets.entries()) {
    const size = samples.sizes[number] ?? 0;
    promised += size;
    if (offset < 0 || offset + size > fileSize) outside += 1;
  }
  if (outside > 0) return `${outside} of ${samples.sizes.length} samples of ${kind} are not in the file`;
  return promised > fileSize * 2 ? `the samples of ${kind} are larger than the file` : null;
}

/** Every fragment names the data behind it. Data that none names belonged to a fragment that is lost. */
function hasOrphan(data: DataPlaces, { tracks }: Mp4Index): boolean {
  const starts = Float64Array.from(tracks.flatMap(({ samples }) => samples.offsets)).sort();
  let sample = 0;
  return data.some(({ offset, end }) => {
    while (sample < starts.length && (starts[sample] ?? 0) < offset) sample += 1;
    return (starts[sample] ?? Number.POSITIVE_INFINITY) >= end;
  });
}

function headerProblem(video: Mp4Track): [FileDefect, string, Remedy?] | null {
  if (!playablePictures.has(video.codec)) {
    return ["unplayable", `browsers do not play ${video.codec}`, "encode"];
  }
  if (video.width === 0 || video.height === 0) return ["corrupt", "the picture has no size"];
  const box = configurationBoxes[video.codec];
  if (box !== undefined && contentAt(video.configuration, box).length < 7) {
    return ["corrupt", "the decoder's configuration is missing"];
  }
  return video.samples.keys === 0 ? ["corrupt", "there is no key frame"] : null;
}

/** Reads frames of picture and sound: all of a small file, of a large one some of each track. */
async function frameProblem(
  reader: RandomAccessReader,
  tracks: readonly Mp4Track[],
): Promise<Extract<VideoCheck, { ok: false }> | null> {
  const whole = reader.size <= readWhollyBytes ? await reader.read(0, reader.size) : null;
  for (const { kind, codec, configuration, samples } of tracks) {
    const { offsets, sizes } = samples;
    const lengthBytes = nalLengthBytes(codec, configuration);
    const chosen = whole === null ? spread(sizes.length) : sizes.keys();
    let read = 0;
    let damaged = 0;
    for (const number of chosen) {
      const [offset = 0, size = 0] = [offsets[number], sizes[number]];
      if (size > maxFrameBytes) return bad("corrupt", `a sample of ${kind} has ${size} bytes`);
      const bytes = whole?.subarray(offset, offset + size) ?? (await reader.read(offset, size));
      read += 1;
      if (!isReadable(codec, bytes, lengthBytes)) damaged += 1;
    }
    const name = kind === "video" ? "frames" : "frames of sound";
    if (damaged > 0) return bad("corrupt", `${damaged} of ${read} ${name} are damaged`);
  }
  return null;
}

/** The first, the last and evenly spread ones between. */
function spread(count: number): Set<number> {
  const steps = Math.min(sampledFrames, count) - 1;
  return new Set(
    Array.from({ length: steps + 1 }, (_, step) => Math.round((step * (count - 1)) / Math.max(1, steps))),
  );
}

function withFacts(
  { timescale }: Mp4Index,
  video: Mp4Track,
  played: readonly Mp4Track[],
  isFragmented: boolean,
): VideoCheck {
  const durationSeconds = shownSeconds(video, timescale, isFragmented);
  const { samples } = video;
  const unit = video.timescale || timescale;
  let sum = 0;
  let longest = 0;
  for (const duration of samples.durations) {
    sum += duration;
    longest = Math.max(longest, duration);
  }
  const longestSeconds = Math.min(longest / unit, durationSeconds);
  if (longestSeconds > Math.max(1, durationSeconds / 2)) {
    const lengths = `${longestSeconds.toFixed(1)} of ${durationSeconds.toFixed(1)} s`;
    return bad("no_video", `one frame stands still for ${lengths}`);
  }
  const across = Math.round(video.width * video.pixelAspect);
  const [width, height] = video.isTurned ? [video.height, across] : [across, video.height];
  const hasAudio = played.some(({ kind, codec }) => kind === "sound" && playableSounds.has(codec));
  const fps = sum === 0 ? 0 : (samples.sizes.length * unit) / sum;
  return { ok: true, facts: { codec: video.codec, width, height, durationSeconds, hasAudio, fps } };
}

/** Until when the picture is shown. In a fragmented file edits move it, but cut nothing off. */
function shownSeconds({ samples, edits, ...track }: Mp4Track, timescale: number, isFragmented: boolean) {
  const unit = track.timescale || timescale;
  let mediaEnd = 0;
  for (const [number, start] of samples.starts.entries()) {
    mediaEnd = Math.max(mediaEnd, start + (samples.durations[number] ?? 0));
  }
  if (edits.length === 0) return mediaEnd / unit;
  return edits.reduce((sum, { duration, mediaTime }) => {
    const seconds = duration / timescale;
    if (mediaTime === null) return sum + seconds;
    const rest = Math.max(0, (mediaEnd - mediaTime) / unit);
    return sum + (duration === 0 || isFragmented ? rest : Math.min(seconds, rest));
  }, 0);
}
