import { filters, input, type Source } from "./ffmpeg-arguments.js";
import type { FrameTimes } from "./frame-times.js";
import type { Run } from "./run-ffmpeg.js";

type Timed = Pick<Source, "name" | "toneMap"> & { readonly times: FrameTimes };

/** Frames are compared as small grey pictures: what is left of compression in them is next to nothing. */
const width = 64;
const height = 36;
/** Of 255. The same frame made by a model again differs by less, at its most different place. */
const sameFrame = 16;
/** Where all moves as little as this nobody sees a frame twice. */
const shareOfMotion = 0.5;

/**
 * Does a part begin with the very frame that the one before has ended with? A model that was given that
 * frame mostly shows it first. It differs then by far less than neighbouring frames of either part do.
 */
export async function repeatsLastFrame(run: Run, before: Timed, part: Timed): Promise<boolean> {
  if (part.times.startsSeconds.length < 2) return false;
  const ends = await lastTwo(run, before);
  const begins = await smallFrames(run, part, []);
  const [first, second] = begins;
  const last = ends.at(-1);
  if (last === undefined || first === undefined || second === undefined) return false;
  const between = difference(last, first);
  const motion = Math.max(difference(ends.at(-2) ?? last, last), difference(first, second));
  return between <= sameFrame && between < motion * shareOfMotion;
}

async function lastTwo(run: Run, part: Timed): Promise<Buffer[]> {
  const [from = 0, to = from] = part.times.startsSeconds.slice(-2);
  const seek = Math.max(0, from - (to - from) / 2);
  return smallFrames(run, part, ["-ss", seek.toFixed(6)]);
}

/** The first two frames from a place on, renumbered: where none has a time none is written twice for it. */
async function smallFrames(run: Run, { name, toneMap }: Timed, place: readonly string[]): Promise<Buffer[]> {
  const picture = filters(
    toneMap,
    `settb=1/25,setpts=N,fps=25,scale=${width}:${height}:flags=area,format=gray`,
  );
  const bytes = await run([
    ...["-loglevel", "error", "-filter_threads", "1", ...input(name, place), "-map", "0:v:0", "-vf", picture],
    ...["-frames:v", "2", "-f", "rawvideo", "-"],
  ]);
  const size = width * height;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** At the place where they differ most. */
function difference(one: Buffer, other: Buffer): number {
  let most = 0;
  for (let index = 0; index < one.length; index += 1) {
    most = Math.max(most, Math.abs((one[index] ?? 0) - (other[index] ?? 0)));
  }
  return most;
}
