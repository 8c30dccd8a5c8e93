import type { Remedy, VideoFacts } from "../../domain/output/check.js";
import type { ConversionSpec, VideoCodec } from "../../domain/output/conversion.js";
import type { Colour, LocalTracks } from "./local-tracks.js";

/** Longer side and frame rate of a GIF. Both are low, because GIF hardly compresses between frames. */
const gifPixels = 640;
const gifFramesPerSecond = 12;
const thumbnailPixels = 1_280;
/** The most typical of the first seconds is shown: the very first frame is often black. */
const thumbnailSeconds = 4;
const thumbnailFramesPerSecond = 6;

/** Every message, and one thread for each step: each more holds frames of its own, in 4K of 12 MB each. */
const quiet = ["-loglevel", "error", "-filter_threads", "1", "-filter_complex_threads", "1"];

/**
 * Only the MP4 reader, and only files: what a provider delivers must not make the program open
 * anything else (playlists and data references can name other files and hosts).
 */
export function input(name: string, before: readonly string[] = []): string[] {
  return ["-threads", "1", ...before, "-protocol_whitelist", "file", "-f", "mov", "-i", name];
}

/** A file on this machine and what is known of it. */
export interface Source {
  readonly name: string;
  /** Size and length as they are shown. */
  readonly facts: VideoFacts;
  readonly tracks: LocalTracks;
  /** Brings the picture to ordinary brightness, where it must be and this build can. */
  readonly toneMap: string | null;
}

/** What brings PQ and HLG to the brightness and colours of ordinary screens (BT.709). */
export const toneMapping =
  "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p";

/** The filters that a build needs for it. */
export const toneMappingFilters = ["zscale", "tonemap"];

export function convertArguments(
  source: Source,
  to: string,
  spec: Extract<ConversionSpec, { format: "mp4" }>,
  maxBytes: number,
): string[] {
  const { hasAudio } = source.facts;
  const { codec, bitrateKbps } = spec;
  const soundKbps = hasAudio ? soundShare(bitrateKbps) : 0;
  const sound = hasAudio ? ["-c:a", "aac", "-b:a", `${soundKbps}k`] : [];
  const kbps = bitrateKbps === undefined ? undefined : Math.max(32, bitrateKbps - soundKbps);
  const keepsRange = codec === "h265" && source.tracks.isHighDynamicRange;
  const pixels = keepsRange ? "yuv420p10le" : "yuv420p";
  const toneMap = keepsRange ? null : source.toneMap;
  const picture = filters(toneMap, squarePixels(source.facts), `format=${pixels}`);
  return [
    ...[...quiet, ...input(source.name), "-map", "0:v:0", "-map", "0:a:0?", "-vf", picture],
    ...encoder(codec, source.facts, kbps === undefined ? { quality: codec === "h265" ? 24 : 20 } : { kbps }),
    ...[...colourTags(toneMap === null ? source.tracks.colour : bt709), ...sound, ...mp4File],
    ...["-fs", String(maxBytes), "-y", to],
  ];
}

/**
 * Picture and first sound as they are under an index of our own, or encoded for browsers. How large the
 * picture is nobody knows yet, so it is encoded with the little memory of a large one.
 */
export function mendArguments(from: string, to: string, remedy: Remedy, maxBytes: number): string[] {
  const tracks = ["-map", "0:v:0", "-map", "0:a:0?"];
  const encoded = [
    ...["-vf", "format=yuv420p", ...encoder("h264", { width: 3_840, height: 2_160 }, { quality: 20 })],
    ...["-c:a", "aac", "-b:a", "160k"],
  ];
  const coding = remedy === "encode" ? encoded : ["-c", "copy"];
  const tag = remedy === "retag" ? ["-tag:v", "hvc1"] : [];
  const limit = ["-fs", String(maxBytes)];
  return [...quiet, ...input(from), ...tracks, ...coding, ...tag, ...mp4File, ...limit, "-y", to];
}

/** The colours of a GIF, in a run of their own: in one run all frames wait in memory for the last. */
export function paletteArguments(source: Source, to: string): string[] {
  const picture = filters(source.toneMap, gifFrames(source.facts), "palettegen=stats_mode=diff");
  return [...quiet, ...input(source.name), "-map", "0:v:0", "-vf", picture, ...onePicture("png"), to];
}

export function gifArguments(source: Source, palette: string, to: string, maxBytes: number): string[] {
  const frames = filters(source.toneMap, gifFrames(source.facts));
  return [
    ...[...quiet, ...input(source.name), "-threads", "1", "-protocol_whitelist", "file", "-i", palette],
    ...["-filter_complex", `[0:v:0]${frames}[all];[all][1:v:0]paletteuse=dither=bayer`],
    ...["-loop", "0", "-f", "gif", "-fs", String(maxBytes), "-y", to],
  ];
}

function gifFrames(facts: VideoFacts): string {
  return `fps=${gifFramesPerSecond},scale=${within(facts, gifPixels)}:flags=lanczos,setsar=1`;
}

/** Frames are made small before they are compared: a hundred in 4K held 1.3 GB (measured 2026-11-30). */
export function thumbnailArguments(source: Source, to: string): string[] {
  const picture = filters(
    source.toneMap,
    `fps=${thumbnailFramesPerSecond}:round=up`,
    asJpeg(within(source.facts, thumbnailPixels)),
    `thumbnail=n=${thumbnailSeconds * thumbnailFramesPerSecond}`,
  );
  const file = input(source.name, ["-t", String(thumbnailSeconds)]);
  return [
    ...[...quiet, ...file, "-map", "0:v:0", "-vf", picture],
    ...["-frames:v", "1", "-q:v", "3", ...onePicture("mjpeg"), to],
  ];
}

/** How long before the last frame the reading begins: enough for files whose index is not exact. */
const marginSeconds = 0.25;

/**
 * Every frame is written over the one before, so the last one stays. The end is the picture's own: sound
 * may go on after it. Hardly compressed and with full colour, for the next video begins with it.
 */
export function lastFrameArguments(source: Source, lastSeconds: number, to: string): string[] {
  const { width, height } = source.facts;
  const file = input(source.name, ["-ss", Math.max(0, lastSeconds - marginSeconds).toFixed(6)]);
  const picture = filters(source.toneMap, asJpeg(`${even(width)}:${even(height)}`, "yuvj444p"));
  return [
    ...[...quiet, ...file, "-map", "0:v:0", "-vf", picture],
    ...["-qmin", "1", "-q:v", "1", ...onePicture("mjpeg"), to],
  ];
}

/**
 * Every reader of a JPEG takes its colours for BT.601 with the full range (JFIF 1.02), whatever the video
 * says of its own. A video that says nothing is taken for BT.601 as well: tools that leave the word out
 * also leave the colours so.
 */
function asJpeg(size: string, pixels = "yuvj420p"): string {
  return `scale=${size}:out_color_matrix=bt601:out_range=pc:flags=bicubic+accurate_rnd+full_chroma_int,setsar=1,format=${pixels}`;
}

function onePicture(codec: "png" | "mjpeg"): string[] {
  return ["-c:v", codec, "-threads", "1", "-f", "image2", "-update", "1", "-y"];
}

export const mp4File = ["-movflags", "+faststart", "-f", "mp4"];

/** From here on frames are so large that an encoder keeps fewer of them: more than 2560 by 1440. */
const manyPixels = 2_560 * 1_440;

/**
 * Encoders keep as few frames as quality bears, as memory is what an instance lacks first. The limit of a
 * bitrate holds over half a second, so that short clips keep to it as well.
 */
export function encoder(
  codec: VideoCodec,
  { width, height }: Pick<VideoFacts, "width" | "height">,
  aim: { readonly kbps: number } | { readonly quality: number },
): string[] {
  const isLarge = width * height > manyPixels;
  const rate =
    "quality" in aim
      ? ["-crf", String(aim.quality)]
      : ["-b:v", `${aim.kbps}k`, "-maxrate", `${aim.kbps}k`, "-bufsize", `${Math.ceil(aim.kbps / 2)}k`];
  if (codec === "h264") {
    const kept = isLarge ? ["-rc-lookahead", "5", "-refs", "2", "-bf", "2"] : ["-rc-lookahead", "10"];
    return ["-c:v", "libx264", "-threads", "1", "-preset", "fast", ...kept, ...rate];
  }
  const kept = isLarge ? "rc-lookahead=3:bframes=0:ref=1" : "rc-lookahead=10";
  // Apple's players open H.265 only under this tag.
  const words = ["-c:v", "libx265", "-tag:v", "hvc1", "-preset", isLarge ? "superfast" : "fast"];
  return [...words, "-x265-params", `log-level=error:pools=none:frame-threads=1:${kept}`, ...rate];
}

export const bt709: Colour = { matrix: "bt709", primaries: "bt709", transfer: "bt709" };

export function colourTags({ matrix, primaries, transfer }: Colour): string[] {
  return [
    ...(matrix === undefined ? [] : ["-colorspace", matrix]),
    ...(primaries === undefined ? [] : ["-color_primaries", primaries]),
    ...(transfer === undefined ? [] : ["-color_trc", transfer]),
  ];
}

/** Not every player stretches pixels that are not square. */
function squarePixels({ width, height }: VideoFacts): string {
  return `scale=${even(width)}:${even(height)},setsar=1`;
}

/** The size as it is shown, made smaller until its longer side has at most so many pixels. */
function within({ width, height }: VideoFacts, pixels: number): string {
  const scale = Math.min(1, pixels / Math.max(width, height));
  return `${even(width * scale)}:${even(height * scale)}`;
}

export function filters(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(",");
}

export function even(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}

/** Kilobits a second of sound: at most an eighth of the whole where the whole is limited. */
function soundShare(bitrateKbps: number | undefined): number {
  if (bitrateKbps === undefined) return 160;
  return Math.min(160, Math.max(32, Math.round(bitrateKbps / 8)));
}
