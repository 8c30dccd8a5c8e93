import { boxesIn, boxesWithin, contentAt, IndexError, rowsOf } from "./mp4-boxes.js";
import { type FragmentDefaults, readFragment, readFragmentDefaults } from "./mp4-fragments.js";
import {
  type Edit,
  maxSamples,
  noSamples,
  pushSample,
  readEdits,
  readSamples,
  type Samples,
} from "./mp4-samples.js";

/** One track with every sample that the index promises, wherever it promises it. */
export interface Mp4Track {
  readonly id: number;
  readonly kind: "video" | "sound" | "other";
  /** Type of the sample entry: `avc1`, `hvc1`, `mp4a`. */
  readonly codec: string;
  /** The boxes in the sample entry. */
  readonly configuration: Buffer;
  /** As coded; a sample entry that gives no size gives 0. */
  readonly width: number;
  readonly height: number;
  /** Width of a pixel over its height. */
  readonly pixelAspect: number;
  /** Turned by a quarter, so that sides change places. */
  readonly isTurned: boolean;
  readonly timescale: number;
  readonly edits: readonly Edit[];
  readonly samples: Samples;
}

export interface Mp4Index {
  readonly tracks: readonly Mp4Track[];
  /** Units of a second in which edits are written. */
  readonly timescale: number;
}

/** An MP4 index in memory: `moov`, and every `moof` with the place where it begins. */
export interface IndexParts {
  readonly movie: Buffer;
  readonly fragments: readonly { readonly offset: number; readonly content: Buffer }[];
}

/** Where boxes with data lie in the file. */
export type DataPlaces = readonly { readonly offset: number; readonly end: number }[];

const maxTracks = 64;

/**
 * Reads what an index promises: sizes, places and times of all samples of all tracks, from `moov` and
 * from every fragment. Counts are believed only as far as there are bytes behind them, and only up to
 * what a video of hours has. A box that is shorter than its specification but that no player needs
 * (`colr`, `btrt`, `udta`) is never looked at.
 *
 * No library is used (mediabunny 1.61.0 and mp4box 2.4, read 2026-11-30): they trust counts, so that
 * one number can take all memory, refuse files for boxes that nobody needs, and do not compare the
 * index with the file.
 */
export function readIndex({ movie, fragments }: IndexParts): Mp4Index {
  if (takesFromOtherFiles(movie)) throw new RangeError("it takes frames from another file");
  const traks = boxesIn(movie).filter(({ type }) => type === "trak");
  if (traks.length > maxTracks) throw new RangeError("the index has too many tracks");
  const header = contentAt(movie, "mvhd");
  const timescale = numberAt(header, header[0] === 1 ? 20 : 12) || 1_000;
  const tracks: Mp4Track[] = [];
  let promised = 0;
  for (const { content } of traks) {
    const track = readTrack(content);
    promised += track.samples.sizes.length;
    if (promised > maxSamples) throw new RangeError("the index promises too many samples");
    tracks.push(track);
  }
  const defaults = readFragmentDefaults(contentAt(movie, "mvex"));
  for (const fragment of fragments) addFragment(tracks, defaults, fragment);
  return { tracks, timescale };
}

function addFragment(
  tracks: readonly Mp4Track[],
  defaults: ReadonlyMap<number, FragmentDefaults>,
  fragment: IndexParts["fragments"][number],
): void {
  for (const run of readFragment(fragment, defaults)) {
    const samples = tracks.find(({ id }) => id === run.trackId)?.samples;
    if (samples === undefined) throw new IndexError("a fragment belongs to no track");
    if (run.startTime !== null) samples.endTime = run.startTime;
    for (const sample of run.samples) pushSample(samples, sample);
  }
}

function readTrack(trak: Buffer): Mp4Track {
  const mediaHeader = contentAt(trak, "mdia", "mdhd");
  const table = contentAt(trak, "mdia", "minf", "stbl");
  const kind = kindOf(contentAt(trak, "mdia", "hdlr").toString("latin1", 8, 12));
  // Subtitles, chapters and time codes: players pass over what is wrong with them.
  const isPlayed = kind !== "other";
  if (isPlayed) refuseShortLists(trak);
  const header = contentAt(trak, "tkhd");
  const isLong = header[0] === 1;
  return {
    id: numberAt(header, isLong ? 20 : 12),
    kind,
    ...readEntry(contentAt(table, "stsd"), kind),
    isTurned: isQuarterTurn(header, isLong ? 52 : 40),
    timescale: numberAt(mediaHeader, mediaHeader[0] === 1 ? 20 : 12),
    edits: readEdits(contentAt(trak, "edts", "elst")),
    samples: isPlayed ? readSamples(table, kind) : noSamples(),
  };
}

/** Descriptions of samples and of files: players give up a file that promises more of them than it has. */
function refuseShortLists(trak: Buffer): void {
  for (const way of [
    ["mdia", "minf", "stbl", "stsd"],
    ["mdia", "minf", "dinf", "dref"],
  ]) {
    const list = contentAt(trak, ...way);
    const promised = numberAt(list, 4);
    const held = boxesIn(list.subarray(8)).length;
    if (promised > held) throw new IndexError(`${way.at(-1)} promises ${promised} entries and has ${held}`);
  }
}

/** Boxes that hold nothing but boxes; some players also read an index inside of an index. */
const containers: ReadonlySet<string> = new Set(["moov", "trak", "mdia", "minf", "dinf", "stbl"]);
/** Of an entry of `dref`: its frames are in this file (ISO/IEC 14496-12, 8.7.2). */
const selfContained = 1;

/**
 * Does a track take frames from another file, by an address or a path? What a player then fetches for
 * our user is not what was checked, and no converter of ours may fetch it either. Every list of files
 * counts, and it is looked at before all else: what is wrong with one track does not hide another's.
 */
function takesFromOtherFiles(movie: Buffer): boolean {
  const lists = boxesWithin(movie, containers).filter(({ type }) => type === "dref");
  return lists.some(({ content }) =>
    boxesIn(content.subarray(8)).some((entry) => ((entry.content[3] ?? 0) & selfContained) === 0),
  );
}

function kindOf(handler: string): Mp4Track["kind"] {
  if (handler === "vide") return "video";
  return handler === "soun" ? "sound" : "other";
}

/** Bytes of a sample entry in front of its boxes (ISO/IEC 14496-12; sound also in QuickTime's forms). */
const videoEntryBytes = 78;
const soundEntryBytes = [28, 44, 64];

function readEntry(descriptions: Buffer, kind: Mp4Track["kind"]) {
  const [entry] = rowsOf(descriptions, 1).count > 0 ? boxesIn(descriptions.subarray(8)) : [];
  const content = entry?.content ?? Buffer.alloc(0);
  const version = content.length >= 10 ? content.readUInt16BE(8) : 0;
  const boxesStart = kind === "video" ? videoEntryBytes : (soundEntryBytes[version] ?? 28);
  const configuration = content.subarray(Math.min(content.length, boxesStart));
  const hasSize = kind === "video" && content.length >= 28;
  const pixel = contentAt(configuration, "pasp");
  const [across, down] = [numberAt(pixel, 0), numberAt(pixel, 4)];
  return {
    codec: entry?.type ?? "",
    configuration,
    width: hasSize ? content.readUInt16BE(24) : 0,
    height: hasSize ? content.readUInt16BE(26) : 0,
    pixelAspect: across > 0 && down > 0 ? across / down : 1,
  };
}

/** Does the matrix turn by 90 or 270 degrees? Then its diagonal is empty. */
function isQuarterTurn(header: Buffer, offset: number): boolean {
  const [a, b, c, d] = [0, 4, 12, 16].map((place) => numberAt(header, offset + place));
  return a === 0 && d === 0 && b !== 0 && c !== 0;
}

/** A 32-bit number, or 0 where the box is too short to have it. */
function numberAt(content: Buffer, offset: number): number {
  return offset + 4 <= content.length ? content.readUInt32BE(offset) : 0;
}
