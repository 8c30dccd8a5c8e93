import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bufferReader } from "../../../src/adapters/media/media-reader.js";
import { checkMp4 } from "../../../src/adapters/media/mp4-check.js";
import { createChance } from "../../kit/chance.js";
import { createClipFactory } from "../../kit/clips/clip-factory.js";
import { rounded, textTable } from "../../kit/figures.js";
import type { Bench, BenchOptions } from "../bench.js";
import { browserPath, playAll } from "./browser.js";
import { type CorpusFile, ownCorpus, readCorpus } from "./corpus.js";
import { mutated } from "./mutations.js";

export interface FilesResult {
  readonly files: number;
  readonly acceptedAndPlays: number;
  readonly refusedAndDoesNotPlay: number;
  /** Good files that were refused, with the reason. */
  readonly wronglyRefused: readonly string[];
  /** Broken files that would have been charged. */
  readonly wronglyAccepted: readonly string[];
  readonly mutations: MutationsResult;
  readonly cpuMs: { readonly p50: number; readonly p99: number; readonly most: number };
  /** Of the whole process, above what it had before the first check. */
  readonly peakMb: number;
}

interface MutationsResult {
  readonly files: number;
  readonly crashed: number;
  readonly accepted: number;
  /** What Chromium shows of them; `null` where there is none. */
  readonly chromium: {
    /** Share on which it and the check agree. */
    readonly agrees: number;
    readonly acceptedButBroken: number;
    readonly refusedButPlays: number;
  } | null;
}

const usualMutations = 300;
const quickMutations = 30;

export const files: Bench<FilesResult> = {
  name: "files",
  about: [
    "Files of which is known whether players play them are checked as `storeVideo` checks them: our own clips in several",
    "arrangements and states of damage, or `good/*` and `bad/*` of `--corpus`. Then copies of the good ones, changed at",
    "random (boxes shrunk, grown and moved, counts raised, bits flipped, bytes cut, lost and zeroed). Time is that of the",
    "processor for one check; memory is that of the whole process above its start. With a Chromium on the machine the",
    "changed copies are played to their end as well.",
  ].join("\n"),
  run: measureFiles,
  table(result) {
    const { mutations, cpuMs } = result;
    const { chromium } = mutations;
    const shown =
      chromium === null
        ? "not tried"
        : `${rounded(chromium.agrees * 100, 1)} % / ${chromium.acceptedButBroken} / ${chromium.refusedButPlays}`;
    return textTable(
      ["what", "value"],
      [
        ["accepted and plays", String(result.acceptedAndPlays)],
        ["refused and does not play", String(result.refusedAndDoesNotPlay)],
        ["good, but refused", result.wronglyRefused.join(", ") || "none"],
        ["broken, but accepted", result.wronglyAccepted.join(", ") || "none"],
        ["changed copies: crashed", `${mutations.crashed} of ${mutations.files}`],
        ["changed copies: agrees with Chromium / accepted but broken / refused but plays", shown],
        ["processor time of a check, p50 / p99 / most", `${cpuMs.p50} / ${cpuMs.p99} / ${cpuMs.most} ms`],
        ["memory above the start", `${result.peakMb} MB`],
      ],
    );
  },
};

async function measureFiles({ seed, quick, ...options }: BenchOptions): Promise<FilesResult> {
  const corpus = options.corpus === undefined ? await makeCorpus() : await readCorpus(options.corpus);
  const baseline = process.memoryUsage().rss;
  const measured: Measured = { cpuMs: [], peakBytes: baseline };
  const wronglyRefused: string[] = [];
  const wronglyAccepted: string[] = [];
  for (const { name, plays, bytes } of corpus) {
    const check = await timed(bytes, measured);
    if (plays && !check.ok) wronglyRefused.push(`${name} (${check.defect}: ${check.detail})`);
    if (!plays && check.ok) wronglyAccepted.push(name);
  }
  const wanted = options.mutations ?? (quick ? quickMutations : usualMutations);
  const mutations = await checkMutations(corpus, wanted, seed, measured);
  const good = corpus.filter(({ plays }) => plays).length;
  const sorted = measured.cpuMs.sort((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.floor(share * (sorted.length - 1))] ?? 0, 2);
  return {
    files: corpus.length,
    acceptedAndPlays: good - wronglyRefused.length,
    refusedAndDoesNotPlay: corpus.length - good - wronglyAccepted.length,
    wronglyRefused,
    wronglyAccepted,
    mutations,
    cpuMs: { p50: at(0.5), p99: at(0.99), most: at(1) },
    peakMb: rounded((measured.peakBytes - baseline) / 1e6, 1),
  };
}

async function makeCorpus(): Promise<CorpusFile[]> {
  const directory = await mkdtemp(join(tmpdir(), "reelay-bench-files-"));
  const clips = createClipFactory({ cacheDirectory: directory });
  try {
    return await ownCorpus(clips);
  } finally {
    await clips.close();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Measured {
  readonly cpuMs: number[];
  peakBytes: number;
}

async function timed(bytes: Buffer, measured: Measured) {
  const start = process.cpuUsage();
  const check = await checkMp4(bufferReader(bytes));
  const { user, system } = process.cpuUsage(start);
  measured.cpuMs.push((user + system) / 1_000);
  measured.peakBytes = Math.max(measured.peakBytes, process.memoryUsage().rss);
  return check;
}

async function checkMutations(
  corpus: readonly CorpusFile[],
  wanted: number,
  seed: number,
  measured: Measured,
): Promise<MutationsResult> {
  const chance = createChance(seed);
  const good = corpus.filter(({ plays, bytes }) => plays && bytes.length < 8 * 1024 * 1024);
  const copies: Buffer[] = [];
  const wholeFrames: number[] = [];
  const verdicts: boolean[] = [];
  let crashed = 0;
  for (let number = 0; number < wanted && good.length > 0; number += 1) {
    const original = good[number % good.length]?.bytes ?? Buffer.alloc(0);
    const { bytes } = mutated(original, chance);
    try {
      verdicts.push((await timed(bytes, measured)).ok);
      copies.push(bytes);
      wholeFrames.push(await framesOf(original));
    } catch {
      crashed += 1;
    }
  }
  const played = browserPath === null || copies.length === 0 ? null : await playAll(browserPath, copies);
  const plays = played?.map((frames, number) => frames > (wholeFrames[number] ?? 0) * 0.9);
  const acceptedButBroken = plays?.filter((isWhole, number) => !isWhole && verdicts[number]).length ?? 0;
  const refusedButPlays = plays?.filter((isWhole, number) => isWhole && !verdicts[number]).length ?? 0;
  const agrees = rounded(1 - (acceptedButBroken + refusedButPlays) / Math.max(1, copies.length), 4);
  return {
    files: copies.length + crashed,
    crashed,
    accepted: verdicts.filter(Boolean).length,
    chromium: plays === undefined ? null : { agrees, acceptedButBroken, refusedButPlays },
  };
}

async function framesOf(bytes: Buffer): Promise<number> {
  const check = await checkMp4(bufferReader(bytes));
  return check.ok ? check.facts.fps * check.facts.durationSeconds : 0;
}
