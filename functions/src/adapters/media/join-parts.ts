import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bt709, even, input } from "./ffmpeg-arguments.js";
import { type FrameTimes, listPackets, toFrameTimes } from "./frame-times.js";
import {
  concatArguments,
  type Part,
  partArguments,
  partsList,
  type Size,
  secondsOf,
  soundArguments,
  startOf,
} from "./join-arguments.js";
import type { Colour, LocalTracks } from "./local-tracks.js";
import { repeatsLastFrame } from "./repeated-frame.js";
import type { Run } from "./run-ffmpeg.js";

interface Joining {
  readonly run: Run;
  readonly directory: string;
  readonly maxBytes: number;
}

export async function readFrameTimes(run: Run, name: string): Promise<FrameTimes> {
  return toFrameTimes((await run(listPackets(input(name)))).toString("latin1"));
}

/**
 * Joins parts to one file: as they are where all of them are encoded alike, otherwise encoded again at
 * their own rates. Length alone proves nothing, so the result counts only when every frame of every part
 * is shown when it should be; what cannot be copied right is encoded. Throws when that is not right either.
 */
export async function joinParts(
  joining: Joining,
  read: readonly Omit<Part, "repeatsFrame">[],
  to: string,
): Promise<void> {
  const { run, directory } = joining;
  const parts: Part[] = [];
  for (const part of read) {
    const before = parts.at(-1);
    const repeatsFrame = before !== undefined && (await repeatsLastFrame(run, before, part));
    parts.push({ ...part, repeatsFrame });
  }
  const hasSound = parts.some(({ tracks }) => tracks.sound !== null);
  const sound = hasSound ? "sound.mp4" : null;
  if (sound !== null) await run(soundArguments(parts, sound));

  async function put(parts: readonly Part[], codec: string): Promise<string | null> {
    await writeFile(join(directory, "parts.txt"), partsList(parts));
    await run(concatArguments({ list: "parts.txt", sound, codec }, to, joining.maxBytes));
    return timesProblem(parts, await readFrameTimes(run, to));
  }

  if (canBeCopied(parts)) {
    const problem = await put(parts, parts[0]?.tracks.codec ?? "").catch(() => "not to be copied");
    if (problem === null) return;
  }
  const problem = await put(await encodeParts(joining, parts), "avc1");
  if (problem !== null) throw new Error(`joined wrongly: ${problem}`);
}

function canBeCopied(parts: readonly Part[]): boolean {
  const encodings = new Set(parts.map(({ tracks }) => tracks.encoding));
  return encodings.size === 1 && parts.every(({ repeatsFrame, times }) => !repeatsFrame && !times.hasHidden);
}

/** In the size of the first, with borders where the shape differs, and in the colours of the first that tells. */
async function encodeParts({ run, maxBytes }: Joining, parts: readonly Part[]): Promise<Part[]> {
  const { width = 2, height = 2 } = parts[0]?.facts ?? {};
  const size: Size = { width: even(width), height: even(height) };
  const colour = parts.map(colourOf).find(({ matrix }) => matrix !== undefined) ?? {};
  const encoded: Part[] = [];
  for (const part of parts) {
    const name = `picture${encoded.length}.mp4`;
    await run(partArguments(part, name, { size, colour, maxBytes }));
    const { startsSeconds } = await readFrameTimes(run, name);
    const lost = Math.abs(part.times.startsSeconds.length - Number(part.repeatsFrame) - startsSeconds.length);
    if (lost > 1 && lost > startsSeconds.length * mostLostFrames) {
      throw new Error(`a part of ${part.times.startsSeconds.length} frames became ${startsSeconds.length}`);
    }
    // As long as it was: each part begins where its sound does.
    const times = { startsSeconds, endSeconds: (startsSeconds[0] ?? 0) + secondsOf(part), hasHidden: false };
    encoded.push({ ...part, name, times, repeatsFrame: false });
  }
  return encoded;
}

/** Share of a part's frames: one that no decoder reads must not cost a whole that is paid for. */
const mostLostFrames = 0.02;

function colourOf({ tracks, toneMap }: { tracks: LocalTracks; toneMap: string | null }): Colour {
  return toneMap === null ? tracks.colour : bt709;
}

/** Rounding of the clocks that a file may have; far less than any frame is shown. */
const timeToleranceSeconds = 0.002;

/** The first frame of the whole that is missing, too much or shown at another time than it should be. */
export function timesProblem(
  parts: readonly Pick<Part, "times" | "repeatsFrame">[],
  { startsSeconds }: Pick<FrameTimes, "startsSeconds">,
): string | null {
  let partStart = 0;
  const expected: number[] = [];
  for (const part of parts) {
    const shown = part.times.startsSeconds.slice(part.repeatsFrame ? 1 : 0);
    for (const seconds of shown) expected.push(partStart + seconds - startOf(part));
    partStart += secondsOf(part);
  }
  const wrong = expected.findIndex(
    (seconds, index) => !(Math.abs(seconds - (startsSeconds[index] ?? Number.NaN)) <= timeToleranceSeconds),
  );
  if (wrong !== -1) {
    const at = startsSeconds[wrong]?.toFixed(3) ?? "nowhere";
    return `frame ${wrong + 1} at ${at} instead of ${expected[wrong]?.toFixed(3)} s`;
  }
  const surplus = startsSeconds.length - expected.length;
  return surplus > 0 ? `${surplus} frames too many` : null;
}
