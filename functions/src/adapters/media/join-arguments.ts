import { colourTags, encoder, even, filters, input, mp4File, type Source } from "./ffmpeg-arguments.js";
import type { FrameTimes } from "./frame-times.js";
import type { Colour } from "./local-tracks.js";

/** A part of a joined file: what is shown of it, and for how long. */
export interface Part extends Source {
  /** Of the file as it is. */
  readonly times: FrameTimes;
  /** Its first frame is the one that the part before has ended with, and is left out. */
  readonly repeatsFrame: boolean;
}

/** A number of which the frame times of all usual rates are multiples: 12 to 120, and those over 1001. */
const ticksPerSecond = 120_000;
const joinedQuality = 18;

/** When the part begins to be shown, on the clock of its file. */
export function startOf({ times, repeatsFrame }: Pick<Part, "times" | "repeatsFrame">): number {
  return times.startsSeconds[repeatsFrame ? 1 : 0] ?? 0;
}

/** How long the picture of the part is shown. Its sound may be longer or shorter, and does not count. */
export function secondsOf(part: Pick<Part, "times" | "repeatsFrame">): number {
  return part.times.endSeconds - startOf(part);
}

/** The picture of one part, in the size and colours of all, with every frame at its own time. */
export function partArguments(
  part: Part,
  to: string,
  { size, colour, maxBytes }: { readonly size: Size; readonly colour: Colour; readonly maxBytes: number },
): string[] {
  const wide = `${size.width}:${size.height}`;
  const matrix = colour.matrix === undefined ? "" : `:out_color_matrix=${scaleWord(colour.matrix)}`;
  const { width, height } = part.facts;
  const fit = Math.min(size.width / width, size.height / height);
  const inner = `${even(width * fit)}:${even(height * fit)}`;
  const picture = filters(
    part.repeatsFrame ? "trim=start_frame=1" : null,
    "setpts=PTS-STARTPTS",
    part.toneMap,
    `scale=${inner}${matrix}:out_range=tv`,
    inner === wide ? null : `pad=${wide}:-1:-1`,
    "setsar=1,format=yuv420p",
  );
  return [
    ...["-loglevel", "error", "-filter_threads", "1", ...input(part.name), "-map", "0:v:0", "-vf", picture],
    // Frames keep their times, so that none is shown twice or left out. Without `vfr` every tick has a frame.
    ...["-enc_time_base", `1:${ticksPerSecond}`, "-vsync", "vfr"],
    ...["-video_track_timescale", String(ticksPerSecond)],
    // Where parts of unlike rates meet, frames that are stored out of their order would come too late.
    ...[...encoder("h264", size, { quality: joinedQuality }), "-bf", "0", ...colourTags(colour)],
    ...["-color_range", "tv", ...mp4File, "-fs", String(maxBytes), "-y", to],
  ];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The scaler knows three matrices and gives one of them two names less. */
function scaleWord(matrix: string): string {
  if (matrix === "smpte170m" || matrix === "bt470bg") return "bt601";
  return matrix === "bt2020nc" ? "bt2020" : matrix;
}

/**
 * The sound of all parts, each cut or filled with silence to exactly the length of its picture, so that
 * no part waits for the sound of the one before.
 */
export function soundArguments(parts: readonly Part[], to: string): string[] {
  const sounds = parts.flatMap(({ tracks }) => tracks.sound ?? []);
  const rates = new Set(sounds.map(({ sampleRate }) => sampleRate));
  const [rate = 48_000] = rates;
  const sampleRate = rates.size === 1 && rate >= 8_000 && rate <= 48_000 ? rate : 48_000;
  const layout = sounds.every(({ channels }) => channels === 1) ? "mono" : "stereo";
  const heard = parts.filter(({ tracks }) => tracks.sound !== null);
  const chains = parts.map((part, index) => {
    const length = secondsOf(part).toFixed(6);
    const start = startOf(part).toFixed(6);
    const sound =
      part.tracks.sound === null
        ? `anullsrc=r=${sampleRate}:cl=${layout}`
        : `[${heard.indexOf(part)}:a:0]atrim=start=${start},asetpts=PTS-${start}/TB,` +
          `aresample=${sampleRate}:async=1:first_pts=0,aformat=channel_layouts=${layout},apad`;
    return `${sound},atrim=duration=${length}[a${index}]`;
  });
  const all = `${parts.map((_, index) => `[a${index}]`).join("")}concat=n=${parts.length}:v=0:a=1[a]`;
  return [
    ...["-loglevel", "error", "-filter_complex_threads", "1", ...heard.flatMap(({ name }) => input(name))],
    ...["-filter_complex", [...chains, all].join(";"), "-map", "[a]"],
    ...["-c:a", "aac", "-b:a", "160k", ...mp4File, "-y", to],
  ];
}

/** What ffmpeg reads to put files one after the other, each for exactly its time. */
export function partsList(parts: readonly Part[]): string {
  return parts.map((part) => `file '${part.name}'\nduration ${secondsOf(part).toFixed(6)}\n`).join("");
}

/** Puts pictures one after the other as they are, with the sound of all. `list` names a file. */
export function concatArguments(
  { list, sound, codec }: { readonly list: string; readonly sound: string | null; readonly codec: string },
  to: string,
  maxBytes: number,
): string[] {
  const heard = sound === null ? [] : [...input(sound), "-map", "0:v:0", "-map", "1:a:0"];
  return [
    ...["-loglevel", "error", "-protocol_whitelist", "file", "-f", "concat", "-i", list, ...heard],
    ...[...(sound === null ? ["-map", "0:v:0"] : []), "-c", "copy"],
    // Apple's players open H.265 only under this tag.
    ...(/^(hvc|hev)/.test(codec) ? ["-tag:v", "hvc1"] : []),
    ...[...mp4File, "-fs", String(maxBytes), "-y", to],
  ];
}
