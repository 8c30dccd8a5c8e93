import type { Remedy, VideoFacts } from "../../domain/output/check.js";
import type { ConversionSpec, VideoCodec } from "../../domain/output/conversion.js";

/** Longer side and frame rate of a GIF. Both are low, because GIF hardly compresses between frames. */
const gifPixels = 640;
const gifFramesPerSecond = 12;
const thumbnailPixels = 1_280;
/** The most typical of the first so many frames is shown: the very first is often black. */
const thumbnailFrames = 100;
const joinedFramesPerSecond = 30;

/**
 * Only the MP4 reader, and only files: what a provider delivers must not make the program open
 * anything else (playlists and data references can name other files and hosts).
 */
function input(name: string): string[] {
  return ["-protocol_whitelist", "file", "-f", "mov", "-i", name];
}

export function convertArguments(
  from: string,
  to: string,
  spec: ConversionSpec,
  source: VideoFacts,
  maxBytes: number,
): string[] {
  const picture =
    spec.format === "gif" ? gif(source) : ["-map", "0:v:0", "-map", "0:a:0?", ...mp4(spec, source)];
  return ["-loglevel", "error", ...input(from), ...picture, "-fs", String(maxBytes), "-y", to];
}

function gif({ width, height }: VideoFacts): string[] {
  const pixels = Math.min(gifPixels, Math.max(width, height));
  const scale = width >= height ? `${pixels}:-2` : `-2:${pixels}`;
  const filter =
    `[0:v:0]fps=${gifFramesPerSecond},scale=${scale}:flags=lanczos,split[all][sample];` +
    "[sample]palettegen=stats_mode=diff[palette];[all][palette]paletteuse=dither=bayer";
  return ["-filter_complex", filter, "-loop", "0", "-f", "gif"];
}

function mp4(spec: Extract<ConversionSpec, { format: "mp4" }>, { hasAudio }: VideoFacts): string[] {
  const { codec, bitrateKbps } = spec;
  const soundKbps = hasAudio ? soundShare(bitrateKbps) : 0;
  const sound = hasAudio ? ["-c:a", "aac", "-b:a", `${soundKbps}k`] : [];
  const pictureKbps = bitrateKbps === undefined ? undefined : Math.max(32, bitrateKbps - soundKbps);
  return [...encoder(codec, pictureKbps), ...sound, ...mp4File];
}

const mp4File = ["-movflags", "+faststart", "-f", "mp4"];

/** The limit of a bitrate holds over half a second, so that short clips keep to it as well. */
function encoder(codec: VideoCodec, kbps?: number): string[] {
  const quality = codec === "h265" ? "24" : "20";
  const rate =
    kbps === undefined
      ? ["-crf", quality]
      : ["-b:v", `${kbps}k`, "-maxrate", `${kbps}k`, "-bufsize", `${Math.ceil(kbps / 2)}k`];
  // Apple's players open H.265 only under this tag.
  const words =
    codec === "h265" ? ["libx265", "-tag:v", "hvc1", "-x265-params", "log-level=error"] : ["libx264"];
  return ["-c:v", ...words, "-preset", "fast", "-pix_fmt", "yuv420p", ...rate];
}

/** Kilobits a second of sound: at most an eighth of the whole where the whole is limited. */
function soundShare(bitrateKbps: number | undefined): number {
  if (bitrateKbps === undefined) return 160;
  return Math.min(160, Math.max(32, Math.round(bitrateKbps / 8)));
}

export function thumbnailArguments(from: string, to: string, { width, height }: VideoFacts): string[] {
  const pixels = Math.min(thumbnailPixels, Math.max(width, height));
  const scale = width >= height ? `${pixels}:-2` : `-2:${pixels}`;
  const filter = `thumbnail=n=${thumbnailFrames},scale=${scale}`;
  const picture = [
    "-map",
    "0:v:0",
    "-vf",
    filter,
    "-frames:v",
    "1",
    "-q:v",
    "3",
    "-f",
    "image2",
    "-update",
    "1",
  ];
  return ["-loglevel", "error", ...input(from), ...picture, "-y", to];
}

/** Picture and first sound as they are under an index of our own, or encoded for browsers. */
export function mendArguments(from: string, to: string, remedy: Remedy, maxBytes: number): string[] {
  const tracks = ["-map", "0:v:0", "-map", "0:a:0?"];
  const sound = ["-c:a", "aac", "-b:a", "160k"];
  const coding = remedy === "encode" ? [...encoder("h264"), ...sound] : ["-c", "copy"];
  const tag = remedy === "retag" ? ["-tag:v", "hvc1"] : [];
  const limit = ["-fs", String(maxBytes)];
  return ["-loglevel", "error", ...input(from), ...tracks, ...coding, ...tag, ...mp4File, ...limit, "-y", to];
}

/** Every frame of the last second is written over the one before, so the last one stays. */
export function lastFrameArguments(from: string, to: string): string[] {
  const picture = ["-map", "0:v:0", "-q:v", "2", "-f", "image2", "-update", "1"];
  return ["-loglevel", "error", "-sseof", "-1", ...input(from), ...picture, "-y", to];
}

/** Joins parts that were encoded alike, as they are. `list` names a file that names the parts. */
export function concatArguments(list: string, to: string, maxBytes: number): string[] {
  const input = ["-protocol_whitelist", "file", "-f", "concat", "-i", list];
  const streams = ["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy"];
  return ["-loglevel", "error", ...input, ...streams, ...mp4File, "-fs", String(maxBytes), "-y", to];
}

/** Brings all parts to the size of the first, with borders where the shape differs, and joins them. */
export function joinArguments(
  parts: readonly { readonly name: string; readonly facts: VideoFacts }[],
  to: string,
  maxBytes: number,
): string[] {
  const { width = 2, height = 2 } = parts[0]?.facts ?? {};
  const size = `${even(width)}:${even(height)}`;
  const hasAudio = parts.some(({ facts }) => facts.hasAudio);
  const chains = parts.flatMap(({ facts }, index) => [
    `[${index}:v:0]scale=${size}:force_original_aspect_ratio=decrease:force_divisible_by=2,` +
      `pad=${size}:(ow-iw)/2:(oh-ih)/2,setsar=1,fps=${joinedFramesPerSecond},format=yuv420p[v${index}]`,
    ...(hasAudio ? [soundOf(facts, index)] : []),
  ]);
  const pads = parts.map((_, index) => (hasAudio ? `[v${index}][a${index}]` : `[v${index}]`)).join("");
  const concat = `${pads}concat=n=${parts.length}:v=1:a=${hasAudio ? 1 : 0}[v]${hasAudio ? "[a]" : ""}`;
  const sound = hasAudio ? ["-map", "[a]", "-c:a", "aac", "-b:a", "160k"] : [];
  return [
    ...["-loglevel", "error", ...parts.flatMap(({ name }) => input(name))],
    ...["-filter_complex", [...chains, concat].join(";"), "-map", "[v]", ...encoder("h264"), ...sound],
    ...[...mp4File, "-fs", String(maxBytes), "-y", to],
  ];
}

/** A part without sound gets silence of its length; otherwise the sound of the next would come early. */
function soundOf({ hasAudio, durationSeconds }: VideoFacts, index: number): string {
  const source = hasAudio
    ? `[${index}:a:0]aresample=48000,aformat=channel_layouts=stereo`
    : "anullsrc=r=48000:cl=stereo";
  return `${source},apad,atrim=duration=${durationSeconds.toFixed(3)}[a${index}]`;
}

function even(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}
