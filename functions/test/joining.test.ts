import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { checkWorker } from "../simulation/kit/check-worker.js";
import { memoryMediaStore } from "../simulation/memory/memory-ports.js";
import { openFfmpegConverter } from "../src/adapters/media/ffmpeg-converter.js";
import { createInspector } from "../src/adapters/media/inspector.js";
import type { StoredPart } from "../src/domain/job/job.js";
import { assemble } from "../src/engine/store/assemble.js";
import { lastFrameOf } from "../src/engine/store/last-frame.js";
import { findProgram } from "../src/entrypoints/config/program.js";
import { createWorld, type World } from "./engine/world.js";
import {
  makeClip,
  type NumberedClip,
  type Rgb,
  rateValue,
  readBeeps,
  readFrames,
  readPicture,
} from "./media/numbered-clips.js";

const program = findProgram("ffmpeg", process.env.PATH ?? "");
if (program === null) console.warn("skipped: joining real files needs ffmpeg on the PATH");
const ffmpeg = program ?? "";

jest.setTimeout(300_000);

let directory: string;
let world: World;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "joining-test-"));
  if (program === null) return;
  world = createWorld();
  const media = memoryMediaStore();
  const converter = await openFfmpegConverter({ program, media, workDirectory: directory });
  Object.assign(world.deps, {
    media,
    converter,
    inspector: createInspector(media, { worker: await checkWorker() }),
  });
});

afterAll(() => rm(directory, { recursive: true }));

const options = { maxBytes: 50_000_000, public: false, metadata: {} };

async function store(name: string, bytes: Buffer): Promise<StoredPart> {
  const { media, inspector } = world.deps;
  const path = `${name}.mp4`;
  const stored = await media.write(path, Readable.from([bytes]), { ...options, contentType: "video/mp4" });
  const inspection = await inspector.video(path);
  if (!inspection.ok) throw new Error(inspection.detail);
  const output = { medium: "video", ...stored, ...inspection.facts, thumbnailPath: null } as const;
  return { name, jobId: name, output, chargedCredits: 0 };
}

/** Joins as the engine does, and returns where the whole lies on this machine. */
async function joined(parts: readonly StoredPart[]): Promise<string> {
  const { id } = await world.submit();
  const { media } = world.deps;
  const whole = await assemble(world.deps, await world.job(id), parts, options);
  const path = join(directory, "whole.mp4");
  await writeFile(path, await media.read(whole.path, 0, whole.bytes));
  return path;
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const near = (one: Rgb, other: Rgb) =>
  Math.max(...one.map((level, index) => Math.abs(level - (other[index] ?? 0))));

(program === null ? describe.skip : describe)("a file of five segments that continue each other", () => {
  it("shows every frame once, in order and in time, with its sound and in the same colours", async () => {
    const colour: Rgb = [12, 220, 2];
    const perSegment = 30;
    const parts: StoredPart[] = [];
    let begin: { number: number; colour: Rgb } = { number: 0, colour };
    for (let segment = 0; segment < 5; segment += 1) {
      // As a model does: it begins with the picture that it was given, in the colours that it sees there.
      const clip = { numbers: numbers(begin.number, perSegment), colour: begin.colour };
      const soundSeconds = perSegment / 24 + (segment % 2 === 0 ? 0.54 : -0.2);
      const stored = await store(
        `segment-${segment}`,
        await makeClip(ffmpeg, directory, { ...clip, soundSeconds }),
      );
      parts.push(stored);
      const place = { uid: "owner-1", id: stored.jobId };
      const path = await lastFrameOf(world.deps, place, { path: stored.output.path, facts: stored.output });
      const picture = join(directory, "last.jpg");
      await writeFile(picture, await world.deps.media.read(path, 0, 1_000_000));
      begin = await readPicture(ffmpeg, picture);
      expect(begin.number).toBe(clip.numbers.at(-1));
    }

    const whole = await joined(parts);

    const frames = await readFrames(ffmpeg, whole);
    const count = 5 * (perSegment - 1) + 1;
    expect(frames.map(({ number }) => number)).toEqual(numbers(0, count));
    for (const [index, frame] of frames.entries()) {
      expect(Math.abs(frame.seconds - index / 24)).toBeLessThan(0.002);
      expect(near(frame.colour, colour)).toBeLessThanOrEqual(12);
    }
    // The frame that is left out takes its sound with it, and most of the beep is heard.
    const beeps = await readBeeps(ffmpeg, whole);
    expect(beeps).toHaveLength(5);
    for (const [index, seconds] of beeps.entries()) {
      const starts = index === 0 ? 0 : (perSegment + (index - 1) * (perSegment - 1)) / 24;
      expect(Math.abs(seconds - starts)).toBeLessThan(0.04);
    }
  });
});

const clip = { numbers: numbers(0, 24) };
const next = { numbers: numbers(24, 24) };
const last = { numbers: numbers(48, 24) };

/** Parts that do not continue each other frame by frame: every frame of each is to be seen. */
const table: readonly (readonly [what: string, parts: readonly NumberedClip[]])[] = [
  ["alike", [clip, next, last]],
  ["of unlike clocks", [{ ...clip, timescale: 12_288 }, { ...next, timescale: 24_000 }, last]],
  ["of unlike rates", [clip, { ...next, rate: "30" }, { ...last, rate: "25" }]],
  [
    "of a rate that is no whole number",
    [
      { ...clip, rate: "30000/1001" },
      { ...next, rate: "24000/1001" },
    ],
  ],
  [
    "from many frames a second to few",
    [
      { ...clip, rate: "60" },
      { ...next, rate: "12" },
    ],
  ],
  ["of which one is turned", [clip, { ...next, turned: true }, last]],
  ["of which the first is turned", [{ ...clip, turned: true }, next]],
  ["of which one has pixels that are not square", [clip, { ...next, stretched: 2 }]],
  ["of unlike profiles", [clip, { ...next, encoder: ["-profile:v", "baseline"] }]],
  ["of unlike colour matrices", [clip, { ...next, matrix: "smpte170m" }]],
  [
    "whose sound is longer than the picture",
    [{ ...clip, soundSeconds: 1.54 }, { ...next, soundSeconds: 1.3 }, last],
  ],
  [
    "whose sound is shorter than the picture",
    [{ ...clip, soundSeconds: 0.5 }, { ...next, soundSeconds: 0.4 }, last],
  ],
  ["of which one is silent", [clip, { ...next, soundSeconds: null }, last]],
  [
    "of unlike sound",
    [
      { ...clip, sampleRate: 44_100 },
      { ...next, channels: 2 },
    ],
  ],
  [
    "of unlike lengths",
    [{ numbers: numbers(0, 7) }, { numbers: numbers(7, 50) }, { numbers: numbers(57, 1) }],
  ],
];

/** Most files of parts have some parts in common: each is encoded once. */
const made = new Map<NumberedClip, Promise<Buffer>>();

function madeClip(each: NumberedClip): Promise<Buffer> {
  const bytes = made.get(each) ?? makeClip(ffmpeg, directory, each);
  made.set(each, bytes);
  return bytes;
}

(program === null ? describe.skip : describe)("a file of parts", () => {
  it.each(table)("%s shows every frame of each at its time, with its sound", async (_what, clips) => {
    const parts: StoredPart[] = [];
    for (const [index, each] of clips.entries()) {
      parts.push(await store(`part-${index}`, await madeClip(each)));
    }
    const whole = await joined(parts);
    const frames = await readFrames(ffmpeg, whole);
    expect(frames.map(({ number }) => number)).toEqual(clips.flatMap((each) => each.numbers));
    let starts = 0;
    const times: number[] = [];
    const sounds: number[] = [];
    for (const { numbers: shown, rate = "24", soundSeconds } of clips) {
      times.push(...shown.map((_, index) => starts + index / rateValue(rate)));
      if (soundSeconds !== null) sounds.push(starts);
      starts += shown.length / rateValue(rate);
    }
    for (const [index, { seconds, colour }] of frames.entries()) {
      expect(Math.abs(seconds - (times[index] ?? 0))).toBeLessThan(0.002);
      expect(near(colour, [12, 220, 2])).toBeLessThanOrEqual(12);
    }
    const beeps = await readBeeps(ffmpeg, whole);
    expect(beeps).toHaveLength(sounds.length);
    for (const [index, seconds] of beeps.entries()) {
      expect(Math.abs(seconds - (sounds[index] ?? 0))).toBeLessThan(0.04);
    }
    const facts = await world.deps.inspector.video((await store("whole", await readFile(whole))).output.path);
    expect(facts).toMatchObject({ ok: true, facts: { width: 160, height: 96 } });
  });
});
