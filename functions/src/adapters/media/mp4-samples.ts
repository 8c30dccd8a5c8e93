import { IndexError, type Rows, rowsOf, tableAt } from "./mp4-boxes.js";

/** Samples of one track in the order in which they are decoded. Times are in the track's own units. */
export interface Samples {
  readonly offsets: number[];
  readonly sizes: number[];
  /** When each begins to be shown. */
  readonly starts: number[];
  readonly durations: number[];
  keys: number;
  /** When the next sample is decoded. */
  endTime: number;
}

export interface Sample {
  readonly offset: number;
  readonly size: number;
  readonly duration: number;
  /** From being decoded to being shown. */
  readonly delay: number;
  readonly isKey: boolean;
}

/** Hours of pictures and sound; more only keeps us busy. */
export const maxSamples = 1_000_000;

export function noSamples(): Samples {
  return { offsets: [], sizes: [], starts: [], durations: [], keys: 0, endTime: 0 };
}

export function pushSample(samples: Samples, { offset, size, duration, delay, isKey }: Sample): void {
  if (samples.sizes.length === maxSamples) throw new RangeError("the index promises too many samples");
  samples.offsets.push(offset);
  samples.sizes.push(size);
  samples.starts.push(samples.endTime + delay);
  samples.durations.push(duration);
  samples.keys += isKey ? 1 : 0;
  samples.endTime += duration;
}

/** A stretch of a track that is shown; without `mediaTime`, a stretch in which nothing is. */
export interface Edit {
  /** In units of the movie; 0: to the end of the track. */
  readonly duration: number;
  readonly mediaTime: number | null;
}

export function readEdits(list: Buffer): Edit[] {
  const isLong = list[0] === 1;
  const rows = rowsOf(list, isLong ? 5 : 3);
  return Array.from({ length: Math.min(rows.count, 1_000) }, (_, row) => {
    const start = 8 + row * (isLong ? 20 : 12);
    const duration = isLong ? Number(list.readBigUInt64BE(start)) : list.readUInt32BE(start);
    const time = isLong ? Number(list.readBigInt64BE(start + 8)) : list.readInt32BE(start + 4);
    return { duration, mediaTime: time < 0 ? null : time };
  });
}

/** The samples that the tables of a track in `moov` promise. */
export function readSamples(table: Buffer, kind: string): Samples {
  const samples = noSamples();
  const sizes = readSizes(table);
  const keyRows = wholeRows(table, "stss", 1);
  const timeAt = walkRuns(wholeRows(table, "stts", 2));
  const delayAt = walkRuns(wholeRows(table, "ctts", 2));
  // A sample of unpacked sound is one moment, so that a chunk is taken as a whole.
  const wholeChunks = sizes.fixed > 0 && kind !== "video";
  let number = 0;
  for (const chunk of chunksOf(table)) {
    const count = Math.min(chunk.samples, sizes.count - number);
    if (wholeChunks) {
      const duration = timeAt(number) * count;
      const size = sizes.fixed * count;
      pushSample(samples, { offset: chunk.offset, size, duration, delay: 0, isKey: true });
      number += count;
      continue;
    }
    for (let offset = chunk.offset, last = number + count; number < last; number += 1) {
      const size = sizes.at(number);
      const delay = delayAt(number) | 0;
      pushSample(samples, { offset, size, duration: timeAt(number), delay, isKey: keyRows.count === 0 });
      offset += size;
    }
  }
  if (number < sizes.count) {
    throw new IndexError(`the index promises ${sizes.count} samples and places ${number}`);
  }
  samples.keys += keyRows.count;
  return samples;
}

/** A table that must be there to its last row: what follows it would be read as rows. */
function wholeRows(table: Buffer, type: string, columns: number): Rows {
  const rows = rowsOf(tableAt(table, type), columns);
  if (rows.promised > rows.count) {
    throw new IndexError(`${type} promises ${rows.promised} rows and has ${rows.count}`);
  }
  return rows;
}

interface Sizes {
  readonly count: number;
  /** What every sample has, or 0 when each has its own. */
  readonly fixed: number;
  at(sample: number): number;
}

function readSizes(table: Buffer): Sizes {
  const compact = tableAt(table, "stz2");
  const content = tableAt(table, "stsz");
  if (content.length < 12 && compact.length >= 12) return readCompactSizes(compact);
  if (content.length < 12) throw new IndexError("a track has no table of sizes");
  const fixed = content.readUInt32BE(4);
  const count = content.readUInt32BE(8);
  if (fixed > 0) return { count, fixed, at: () => fixed };
  const rows = rowsOf(content, 1, 8);
  if (count > rows.count) throw new IndexError(`the index promises ${count} samples and has ${rows.count}`);
  return { count, fixed, at: (sample) => rows.at(sample, 0) };
}

function readCompactSizes(content: Buffer): Sizes {
  const bits = content.readUInt8(7);
  const count = content.readUInt32BE(8);
  if (![4, 8, 16].includes(bits) || count * bits > (content.length - 12) * 8) {
    throw new IndexError("the sizes of the samples are nonsense");
  }
  const at = (sample: number): number => {
    if (bits === 16) return content.readUInt16BE(12 + sample * 2);
    if (bits === 8) return content.readUInt8(12 + sample);
    return (content.readUInt8(12 + (sample >> 1)) >> (sample % 2 === 0 ? 4 : 0)) & 0xf;
  };
  return { count, fixed: 0, at };
}

/** The second column for a sample, of rows that each hold for as many samples as their first says. */
function walkRuns(rows: Rows): (sample: number) => number {
  let row = 0;
  let first = 0;
  return (sample) => {
    // The last row holds for all that follow, as it does in players.
    while (row + 1 < rows.count && sample >= first + rows.at(row, 0)) {
      first += rows.at(row, 0);
      row += 1;
    }
    return row < rows.count ? rows.at(row, 1) : 0;
  };
}

/** Sample entries of one track; more only shows that other bytes are read as a table. */
const maxDescriptions = 64;

interface Chunk {
  readonly offset: number;
  readonly samples: number;
}

function* chunksOf(table: Buffer): Generator<Chunk> {
  const short = rowsOf(tableAt(table, "stco"), 1);
  const long = rowsOf(tableAt(table, "co64"), 2);
  const runs = wholeRows(table, "stsc", 3);
  for (let run = 0; run < runs.count; run += 1) {
    const before = run === 0 ? 0 : runs.at(run - 1, 0);
    const [first, held, description] = [runs.at(run, 0), runs.at(run, 1), runs.at(run, 2)];
    if (first <= before || held === 0 || description === 0 || description > maxDescriptions) {
      throw new IndexError("the table of chunks is nonsense");
    }
  }
  const count = short.count > 0 ? short.count : long.count;
  for (let chunk = 0, run = 0; chunk < count && runs.count > 0; chunk += 1) {
    while (run + 1 < runs.count && chunk + 1 >= runs.at(run + 1, 0)) run += 1;
    const offset = short.count > 0 ? short.at(chunk, 0) : long.at(chunk, 0) * 2 ** 32 + long.at(chunk, 1);
    yield { offset, samples: runs.at(run, 1) };
  }
}
