import { boxesIn, contentAt, IndexError } from "./mp4-boxes.js";
import type { Sample } from "./mp4-samples.js";

/** What holds for the samples of a track where a fragment says nothing of them. */
export interface FragmentDefaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

/** Samples of one track that follow each other in one fragment. */
export interface FragmentRun {
  readonly trackId: number;
  /** When the first is decoded; `null`: when the sample before it ends. */
  readonly startTime: number | null;
  readonly samples: readonly Sample[];
}

const none: FragmentDefaults = { duration: 0, size: 0, flags: 0 };

export function readFragmentDefaults(extension: Buffer): Map<number, FragmentDefaults> {
  const found = new Map<number, FragmentDefaults>();
  for (const { type, content } of boxesIn(extension)) {
    if (type !== "trex" || content.length < 24) continue;
    const [duration, size, flags] = [12, 16, 20].map((offset) => content.readUInt32BE(offset));
    found.set(content.readUInt32BE(4), { duration: duration ?? 0, size: size ?? 0, flags: flags ?? 0 });
  }
  return found;
}

/** One run at a time, so that whoever counts the samples can stop before the next. */
export function* readFragment(
  { offset, content }: { readonly offset: number; readonly content: Buffer },
  defaults: ReadonlyMap<number, FragmentDefaults>,
): Generator<FragmentRun> {
  /** Where data goes on that names no place. */
  let place = offset;
  for (const track of boxesIn(content)) {
    if (track.type !== "traf") continue;
    const header = readHeader(contentAt(track.content, "tfhd"), defaults);
    const base = header.baseOffset ?? (header.startsAtFragment ? offset : place);
    let startTime = readTime(contentAt(track.content, "tfdt"));
    place = base;
    for (const { type, rest: run } of boxesIn(track.content)) {
      if (type !== "trun") continue;
      const samples = readRun(run, base, place, header.defaults);
      const last = samples.at(-1);
      if (last !== undefined) place = last.offset + last.size;
      yield { trackId: header.trackId, startTime, samples };
      startTime = null;
    }
  }
}

/** Hands out the numbers of a box one after the other; a box that is too short is damage. */
function numbersOf(content: Buffer) {
  let offset = 0;
  const take = (bytes: number): number => {
    if (offset + bytes > content.length) throw new IndexError("a fragment is shorter than it says");
    offset += bytes;
    return offset - bytes;
  };
  return {
    u32: () => content.readUInt32BE(take(4)),
    i32: () => content.readInt32BE(take(4)),
    u64: () => Number(content.readBigUInt64BE(take(8))),
    left: () => content.length - offset,
  };
}

function readHeader(content: Buffer, all: ReadonlyMap<number, FragmentDefaults>) {
  const numbers = numbersOf(content);
  const flags = numbers.u32();
  const trackId = numbers.u32();
  const baseOffset = flags & 0x1 ? numbers.u64() : null;
  if (flags & 0x2) numbers.u32();
  const usual = all.get(trackId) ?? none;
  const defaults = {
    duration: flags & 0x8 ? numbers.u32() : usual.duration,
    size: flags & 0x10 ? numbers.u32() : usual.size,
    flags: flags & 0x20 ? numbers.u32() : usual.flags,
  };
  return { trackId, baseOffset, startsAtFragment: (flags & 0x20000) !== 0, defaults };
}

function readTime(content: Buffer): number | null {
  if (content.length < 8) return null;
  const numbers = numbersOf(content);
  return numbers.u32() >>> 24 === 1 ? numbers.u64() : numbers.u32();
}

/** More than a fragment of any video has; a run may promise samples without a byte for each. */
const maxRunSamples = 200_000;
const notKeyFlag = 0x10000;

function readRun(content: Buffer, base: number, place: number, defaults: FragmentDefaults): Sample[] {
  const numbers = numbersOf(content);
  const flags = numbers.u32();
  const count = numbers.u32();
  let offset = flags & 0x1 ? base + numbers.i32() : place;
  const firstFlags = flags & 0x4 ? numbers.u32() : null;
  const columns = [0x100, 0x200, 0x400, 0x800].filter((column) => flags & column).length;
  if (count > maxRunSamples || count * columns * 4 > numbers.left()) {
    throw new IndexError(`a fragment promises ${count} samples and does not have them`);
  }
  const samples: Sample[] = [];
  for (let number = 0; number < count; number += 1) {
    const duration = flags & 0x100 ? numbers.u32() : defaults.duration;
    const size = flags & 0x200 ? numbers.u32() : defaults.size;
    const own = flags & 0x400 ? numbers.u32() : defaults.flags;
    const delay = flags & 0x800 ? numbers.i32() : 0;
    const sampleFlags = number === 0 && firstFlags !== null ? firstFlags : own;
    samples.push({ offset, size, duration, delay, isKey: (sampleFlags & notKeyFlag) === 0 });
    offset += size;
  }
  return samples;
}
