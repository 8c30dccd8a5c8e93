import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Sixteen columns; ten of them show the number of a frame in the upper half, white for a one. */
export const width = 160;
export const height = 96;
const bits = 10;
const columnPixels = width / bits;

export type Rgb = readonly [red: number, green: number, blue: number];

/** A made video: numbered frames over a plain colour, and a short beep at its very beginning. */
export interface NumberedClip {
  readonly numbers: readonly number[];
  readonly rate?: string;
  /** Units a second of the picture's clock. */
  readonly timescale?: number;
  /** Absent: as long as the picture. `null`: none. */
  readonly soundSeconds?: number | null;
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly colour?: Rgb;
  /** Stored upside down, with the word that turns it. */
  readonly turned?: boolean;
  readonly matrix?: "bt709" | "smpte170m";
  /** Stored with so many times the columns; players shrink them. */
  readonly stretched?: number;
  readonly encoder?: readonly string[];
}

/** Makes the file and returns its bytes. */
export async function makeClip(ffmpeg: string, directory: string, clip: NumberedClip): Promise<Buffer> {
  const { numbers, rate = "24", colour = [12, 220, 2], matrix = "bt709", soundSeconds, stretched = 1 } = clip;
  const raw = join(directory, "clip.rgb");
  const to = join(directory, "clip.mp4");
  const frames = numbers.map((number) => drawFrame(number, colour));
  await writeFile(raw, Buffer.concat(clip.turned === true ? frames.map(upsideDown) : frames));
  const seconds = numbers.length / rateValue(rate);
  const sound = soundSeconds === undefined ? seconds : soundSeconds;
  const { sampleRate = 48_000, channels = 1 } = clip;
  const beep = `aevalsrc=if(lt(t\\,0.1)\\,sin(2*PI*880*t)\\,0):s=${sampleRate}:d=${sound},aformat=channel_layouts=${channels === 1 ? "mono" : "stereo"}`;
  const shape = stretched === 1 ? "" : `scale=${width * stretched}:${height},setsar=1/${stretched},`;
  const scale = matrix === "bt709" ? "bt709" : "bt601";
  await run(ffmpeg, [
    ...["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${width}x${height}`, "-r", rate],
    ...["-i", raw, ...(sound === null ? [] : ["-f", "lavfi", "-i", beep])],
    ...["-vf", `${shape}scale=out_color_matrix=${scale}:out_range=tv:flags=accurate_rnd,format=yuv420p`],
    ...["-c:v", "libx264", "-crf", "12", ...(clip.encoder ?? [])],
    ...["-colorspace", matrix, "-color_primaries", matrix, "-color_trc", matrix],
    ...[...(clip.timescale === undefined ? [] : ["-video_track_timescale", String(clip.timescale)]), to],
  ]);
  const bytes = await readFile(to);
  if (clip.turned === true) turn(bytes);
  return bytes;
}

export function rateValue(rate: string): number {
  const [numerator = 0, denominator = 1] = rate.split("/").map(Number);
  return numerator / denominator;
}

function drawFrame(number: number, colour: Rgb): Buffer {
  const frame = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isOne = ((number >> Math.floor(x / columnPixels)) & 1) === 1;
      const level = isOne ? 235 : 20;
      frame.set(y < height / 2 ? [level, level, level] : colour, (y * width + x) * 3);
    }
  }
  return frame;
}

function upsideDown(frame: Buffer): Buffer {
  const turned = Buffer.alloc(frame.length);
  for (let at = 0; at < frame.length; at += 3) {
    frame.copy(turned, frame.length - 3 - at, at, at + 3);
  }
  return turned;
}

/** Writes the matrix of half a turn into the header of the first track. */
function turn(bytes: Buffer): void {
  const matrix = bytes.indexOf("tkhd") + 44;
  bytes.writeInt32BE(-0x10000, matrix);
  bytes.writeInt32BE(-0x10000, matrix + 16);
}

export interface ReadFrame {
  readonly number: number;
  readonly seconds: number;
  readonly colour: Rgb;
}

/** What a viewer sees of a file: every frame with its number, its time and its colour. */
export async function readFrames(ffmpeg: string, path: string): Promise<ReadFrame[]> {
  const shape = ["-map", "0:v:0", "-vf", `scale=${width}:${height}`, "-vsync", "passthrough"];
  const { stdout: pixels } = await run(
    ffmpeg,
    ["-v", "error", "-i", path, ...shape, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
    { encoding: "buffer", maxBuffer: 1e9 },
  );
  const { stdout: list } = await run(
    ffmpeg,
    ["-v", "error", "-i", path, ...shape, "-enc_time_base", "1:120000", "-f", "framecrc", "-"],
    { maxBuffer: 1e8 },
  );
  const times = list.split("\n").filter((line) => line.startsWith("0,"));
  return times.map((line, index) => ({
    seconds: Number(line.split(",")[2]) / 120_000,
    ...seen(pixels.subarray(index * width * height * 3)),
  }));
}

/** The number and the colour that a picture shows. */
export function seen(pixels: Buffer): { number: number; colour: Rgb } {
  const at = (x: number, y: number): Rgb => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray((y * width + x) * 3);
    return [red, green, blue];
  };
  let number = 0;
  for (let bit = 0; bit < bits; bit += 1) {
    const [, green] = at(Math.round((bit + 0.5) * columnPixels), height / 4);
    if (green > 128) number += 2 ** bit;
  }
  return { number, colour: at(width / 2, (height * 3) / 4) };
}

export async function readPicture(ffmpeg: string, path: string): Promise<{ number: number; colour: Rgb }> {
  const { stdout } = await run(
    ffmpeg,
    [
      "-v",
      "error",
      "-i",
      path,
      "-vf",
      `scale=${width}:${height}`,
      "-pix_fmt",
      "rgb24",
      "-f",
      "rawvideo",
      "-",
    ],
    { encoding: "buffer", maxBuffer: 1e8 },
  );
  return seen(stdout);
}

/** When the beeps of a file begin. */
export async function readBeeps(ffmpeg: string, path: string): Promise<number[]> {
  const rate = 8_000;
  const { stdout } = await run(
    ffmpeg,
    ["-v", "error", "-i", path, "-map", "0:a:0", "-ac", "1", "-ar", String(rate), "-f", "s16le", "-"],
    { encoding: "buffer", maxBuffer: 1e8 },
  );
  const beeps: number[] = [];
  let silentSince = Number.NEGATIVE_INFINITY;
  for (let index = 0; index + 1 < stdout.length; index += 2) {
    if (Math.abs(stdout.readInt16LE(index)) < 3_000) continue;
    const seconds = index / 2 / rate;
    if (seconds - silentSince > 0.15) beeps.push(seconds);
    silentSince = seconds;
  }
  return beeps;
}
