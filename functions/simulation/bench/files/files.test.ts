import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { bufferReader } from "../../../src/adapters/media/media-reader.js";
import { checkMp4 } from "../../../src/adapters/media/mp4-check.js";
import { createChance } from "../../kit/chance.js";
import { createClipFactory } from "../../kit/clips/clip-factory.js";
import { browserPath, playAll } from "./browser.js";
import { type CorpusFile, ownCorpus } from "./corpus.js";
import { mutated } from "./mutations.js";

if (browserPath === null) console.warn("skipped: comparing checks with a browser needs Chromium");

let corpus: CorpusFile[];

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "reelay-files-"));
  const clips = createClipFactory({ cacheDirectory: directory });
  corpus = await ownCorpus(clips);
  await clips.close();
  await rm(directory, { recursive: true });
});

describe("files of which is known whether they play", () => {
  it("are accepted when they play and refused when they do not", async () => {
    const mistakes: string[] = [];
    for (const { name, plays, bytes } of corpus) {
      const check = await checkMp4(bufferReader(bytes));
      if (check.ok !== plays) mistakes.push(`${name}: ${check.ok ? "accepted" : check.detail}`);
    }
    expect(mistakes).toEqual([]);
  });

  (browserPath === null ? it.skip : it)("play in Chromium exactly when they are said to", async () => {
    const played = await playAll(
      browserPath ?? "",
      corpus.map(({ bytes }) => bytes),
    );
    const frames = 36;
    const others = corpus.filter(({ plays }, number) => plays !== (played[number] ?? 0) > frames * 0.9);
    expect(others.map(({ name }) => name)).toEqual([]);
  });
});

describe("changed copies of good files", () => {
  it("never crash the check, and never keep it busy or fill the memory", async () => {
    const good = corpus.filter(({ plays }) => plays);
    const chance = createChance(20_261_130);
    const baseline = process.memoryUsage().rss;
    const slow: string[] = [];
    for (let number = 0; number < 2_000; number += 1) {
      const { kind, bytes } = mutated(good[number % good.length]?.bytes ?? Buffer.alloc(0), chance);
      const start = process.cpuUsage();
      expect(await checkMp4(bufferReader(bytes))).toHaveProperty("ok");
      const { user, system } = process.cpuUsage(start);
      if (user + system > 2_000_000) slow.push(`${number} ${kind}`);
    }
    expect(slow).toEqual([]);
    expect(process.memoryUsage().rss - baseline).toBeLessThan(300 * 1024 * 1024);
  });
});
