import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { checkWorker } from "../../../simulation/kit/check-worker.js";
import { type ClipFactory, createClipFactory } from "../../../simulation/kit/clips/clip-factory.js";
import { memoryMediaStore } from "../../../simulation/memory/memory-ports.js";
import type { SimulatedFile } from "../../../simulation/vendors/shared/simulator.js";
import type { ConversionTarget, Converter, StoredVideo } from "../../engine/ports/converter.js";
import type { Inspector } from "../../engine/ports/inspector.js";
import type { MediaStore, MediaType } from "../../engine/ports/media-store.js";
import { findProgram } from "../../entrypoints/config/program.js";
import { openFfmpegConverter } from "./ffmpeg-converter.js";
import { createInspector } from "./inspector.js";
import { readLocalTracks } from "./local-tracks.js";

const program = findProgram("ffmpeg", process.env.PATH ?? "");
if (program === null) console.warn("skipped: real conversions need ffmpeg on the PATH");

// Encoders share the machine with everything else that runs on it.
jest.setTimeout(180_000);

const clip: SimulatedFile = {
  vendor: "vendor",
  model: "model",
  id: "generation-1",
  medium: "video",
  width: 1280,
  height: 720,
  durationSeconds: 3,
  audio: false,
};

let directory: string;
let clips: ClipFactory;
let media: MediaStore;
let inspector: Inspector;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ffmpeg-test-"));
  clips = createClipFactory({ cacheDirectory: directory });
  media = memoryMediaStore();
  inspector = createInspector(media, { worker: await checkWorker() });
});

afterAll(async () => {
  await clips.close();
  await rm(directory, { recursive: true });
});

const target = (path: string, contentType: MediaType = "video/mp4"): ConversionTarget => ({
  path,
  contentType,
  maxBytes: 50_000_000,
  public: false,
  metadata: { attempt: "1" },
});

async function stored(changes: Partial<SimulatedFile> = {}): Promise<StoredVideo> {
  const file = { ...clip, ...changes };
  const bytes = (await clips.render(file))?.bytes ?? Buffer.alloc(0);
  const path = `${file.id}-${file.width}-${file.audio}-${file.durationSeconds}.mp4`;
  await media.write(path, Readable.from([Buffer.from(bytes)]), target(path));
  return { path, facts: await factsOf(path) };
}

/** A video that ffmpeg makes by these arguments. */
async function made(name: string, args: readonly string[]): Promise<StoredVideo> {
  const local = join(directory, name);
  await promisify(execFile)(program ?? "", ["-v", "error", "-y", ...args, local]);
  await media.write(name, Readable.from([await readFile(local)]), target(name));
  return { path: name, facts: await factsOf(name) };
}

/** What a stored file is, and the mean of its grey, from 0 to 255. */
async function look(path: string) {
  const local = join(directory, `look-${path}`);
  const { bytes } = (await media.stat(path)) ?? { bytes: 0 };
  await writeFile(local, await media.read(path, 0, bytes));
  const grey = ["-vf", "scale=1:1,format=gray", "-frames:v", "1", "-f", "rawvideo", "-"];
  const { stdout } = await promisify(execFile)(program ?? "", ["-v", "error", "-i", local, ...grey], {
    encoding: "buffer",
  });
  return { local, grey: stdout[0] ?? 0 };
}

async function factsOf(path: string) {
  const inspection = await inspector.video(path);
  if (!inspection.ok) throw new Error(`${inspection.defect}: ${inspection.detail}`);
  return inspection.facts;
}

const workDirectories = async () =>
  (await readdir(directory)).filter((name) => name.startsWith("reelay-convert-"));

(program === null ? describe.skip : describe)("converting with ffmpeg", () => {
  let converter: Converter;
  beforeAll(async () => {
    converter = await openFfmpegConverter({ program: program ?? "", media, workDirectory: directory });
  });

  it("knows what this build can do", () => {
    expect([...converter.capabilities].sort()).toEqual([
      "gif",
      "h264",
      "h265",
      "join",
      "lastFrame",
      "thumbnail",
    ]);
  });

  it.each([
    ["h265", "hvc1", true],
    ["h264", "avc1", false],
  ] as const)("makes %s of the same length and shape, with its sound", async (codec, spelled, audio) => {
    const source = await stored({ audio });
    const made = await converter.convert(source, { format: "mp4", codec }, target(`out-${codec}.mp4`));
    expect(made).toMatchObject({ contentType: "video/mp4", metadata: { attempt: "1" } });
    const facts = await factsOf(made.path);
    expect(facts).toMatchObject({ codec: spelled, width: 640, height: 360, hasAudio: audio });
    expect(facts.durationSeconds).toBeCloseTo(3, 0);
  });

  it("gives H.265 the name that Apple's players open, with the same frames", async () => {
    const source = await stored({ audio: true });
    const made = await converter.convert(source, { format: "mp4", codec: "h265" }, target("h265.mp4"));
    const bytes = Buffer.from(await media.read(made.path, 0, made.bytes));
    bytes.write("hev1", bytes.indexOf("hvc1", bytes.indexOf("stsd")), "latin1");
    await media.write("hev1.mp4", Readable.from([bytes]), target("hev1.mp4"));
    const before = await factsOf("hev1.mp4");
    expect(before.codec).toBe("hev1");
    const mended = await converter.mend?.({ path: "hev1.mp4" }, "retag", target("hvc1.mp4"));
    expect(await factsOf(mended?.path ?? "")).toEqual({ ...before, codec: "hvc1" });
  });

  it("encodes anew what browsers do not play", async () => {
    const path = join(directory, "mpeg4.mp4");
    await promisify(execFile)(program ?? "", [
      ...["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2"],
      ...["-c:v", "mpeg4", "-y", path],
    ]);
    await media.write("mpeg4.mp4", createReadStream(path), target("mpeg4.mp4"));
    expect(await inspector.video("mpeg4.mp4")).toMatchObject({ defect: "unplayable", remedy: "encode" });
    const warnings = jest.spyOn(console, "warn");
    const mended = await converter.mend?.({ path: "mpeg4.mp4" }, "encode", target("playable.mp4"));
    // A parser that met it here would have said so, in words of the file.
    expect(warnings).not.toHaveBeenCalled();
    warnings.mockRestore();
    const facts = await factsOf(mended?.path ?? "");
    expect(facts).toMatchObject({ codec: "avc1", width: 320, height: 180 });
    expect(facts.durationSeconds).toBeCloseTo(2, 1);
  });

  it("stays under a bitrate", async () => {
    const source = await stored({ audio: true, durationSeconds: 5 });
    const spec = { format: "mp4", codec: "h264", bitrateKbps: 100 } as const;
    const made = await converter.convert(source, spec, target("slim.mp4"));
    expect((made.bytes * 8) / 1_000 / 5).toBeLessThan(115);
  });

  it("makes a GIF that runs as long as the video", async () => {
    const source = await stored({ width: 720, height: 1280 });
    const made = await converter.convert(source, { format: "gif" }, target("out.gif", "image/gif"));
    const facts = await factsOf(made.path);
    expect(facts).toMatchObject({ codec: "gif", width: 360, height: 640, hasAudio: false });
    expect(Math.abs(facts.durationSeconds - 3)).toBeLessThan(0.1);
  });

  it("takes a JPEG from the video", async () => {
    const made = await converter.thumbnail(await stored(), target("out.jpg", "image/jpeg"));
    expect(await inspector.picture(made.path)).toEqual({
      contentType: "image/jpeg",
      width: 640,
      height: 360,
    });
  });

  it("takes the last frame, for another video to begin with", async () => {
    const source = await stored();
    const last = await converter.lastFrame(source, target("last.jpg", "image/jpeg"));
    expect(await inspector.picture(last.path)).toMatchObject({
      contentType: "image/jpeg",
      width: 640,
      height: 360,
    });
    const some = await converter.thumbnail(source, target("some.jpg", "image/jpeg"));
    expect(last.sha256).not.toBe(some.sha256);
  });

  it("joins parts that are encoded alike without encoding them again", async () => {
    const parts = [await stored({ id: "part-1" }), await stored({ id: "part-2" })];
    const made = await converter.join(parts, target("joined.mp4"));
    const facts = await factsOf(made.path);
    expect(facts).toMatchObject({ codec: "avc1", width: 640, height: 360, hasAudio: false });
    expect(facts.durationSeconds).toBeCloseTo(6, 1);
    const sizes = await Promise.all(parts.map(async ({ path }) => (await media.stat(path))?.bytes ?? 0));
    const [first = 0, second = 0] = sizes;
    expect(Math.abs(made.bytes - first - second)).toBeLessThan(4_000);
  });

  it("joins parts of other shapes in the size of the first, silent where a part has no sound", async () => {
    const parts = [
      await stored({ id: "wide", audio: false }),
      await stored({ id: "tall", width: 720, height: 1280, audio: true }),
    ];
    const made = await converter.join(parts, target("mixed.mp4"));
    const facts = await factsOf(made.path);
    expect(facts).toMatchObject({ codec: "avc1", width: 640, height: 360, hasAudio: true });
    expect(Math.abs(facts.durationSeconds - 6)).toBeLessThan(0.2);
  });

  it("stores nothing and leaves nothing when the source cannot be read", async () => {
    const before = await workDirectories();
    const { facts } = await stored();
    await media.write("bad.mp4", Readable.from([Buffer.alloc(5_000)]), target("bad.mp4"));
    const source = { path: "bad.mp4", facts };
    const conversion = converter.convert(source, { format: "mp4", codec: "h265" }, target("never.mp4"));
    await expect(conversion).rejects.toThrow(/ffmpeg ended with/);
    expect(await media.stat("never.mp4")).toBeNull();
    expect(await workDirectories()).toEqual(before);
  });

  it("opens no playlist that calls itself an MP4", async () => {
    const playlist = `#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n`;
    const { facts } = await stored();
    await media.write("list.mp4", Readable.from([Buffer.from(playlist)]), target("list.mp4"));
    const conversion = converter.convert({ path: "list.mp4", facts }, { format: "gif" }, target("never.gif"));
    await expect(conversion).rejects.toThrow(/ffmpeg ended with/);
  });

  it("refuses a result that is larger than allowed", async () => {
    const narrow = { ...target("never.mp4"), maxBytes: 2_000 };
    const conversion = converter.convert(await stored(), { format: "mp4", codec: "h264" }, narrow);
    await expect(conversion).rejects.toThrow();
    expect(await media.stat("never.mp4")).toBeNull();
  });
});

(program === null ? describe.skip : describe)("a file in 4K", () => {
  let source: StoredVideo;
  beforeAll(async () => {
    const picture = ["-f", "lavfi", "-i", "testsrc2=s=3840x2160:r=24:d=1"];
    source = await made("large.mp4", [
      ...picture,
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-pix_fmt",
      "yuv420p",
    ]);
  });

  it.each([
    ["thumbnail", 300],
    ["gif", 300],
    ["lastFrame", 300],
    ["h264", 768],
    ["h265", 768],
  ] as const)("becomes a %s within %i MiB", async (kind, mebibytes) => {
    const maxMemoryBytes = mebibytes * 2 ** 20;
    const options = { program: program ?? "", media, workDirectory: directory };
    const converter = await openFfmpegConverter({ ...options, maxMemoryBytes });
    const to = target(`small-${kind}`, "image/jpeg");
    const stored = await (kind === "thumbnail" || kind === "lastFrame"
      ? converter[kind](source, to)
      : converter.convert(source, kind === "gif" ? { format: "gif" } : { format: "mp4", codec: kind }, to));
    expect(stored.bytes).toBeGreaterThan(1_000);
  });
});

(program === null ? describe.skip : describe)("a file that is shown otherwise than it is stored", () => {
  let converter: Converter;
  beforeAll(async () => {
    converter = await openFfmpegConverter({ program: program ?? "", media, workDirectory: directory });
  });

  it.each([
    ["half as wide", "1/2", 160, 180],
    ["twice as wide", "2/1", 640, 180],
  ])("with pixels that are %s keeps its shape in every form", async (_what, aspect, width, height) => {
    const picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=1"];
    const source = await made("oblong.mp4", [...picture, "-vf", `setsar=${aspect}`, "-pix_fmt", "yuv420p"]);
    const shape = ({ width, height }: { width: number; height: number }) => width / height;
    const inPictures = [
      await converter.thumbnail(source, target("oblong.jpg", "image/jpeg")),
      await converter.lastFrame(source, target("oblong.last.jpg", "image/jpeg")),
    ];
    for (const { path } of inPictures) {
      const facts = await inspector.picture(path);
      expect(shape(facts ?? { width: 0, height: 1 })).toBeCloseTo(width / height, 1);
    }
    const gif = await converter.convert(source, { format: "gif" }, target("oblong.gif", "image/gif"));
    const mp4 = await converter.convert(source, { format: "mp4", codec: "h264" }, target("square.mp4"));
    for (const { path } of [gif, mp4]) {
      expect(shape(await factsOf(path))).toBeCloseTo(width / height, 1);
    }
  });

  it.each(["smpte2084", "arib-std-b67"])(
    "with high dynamic range (%s) keeps its brightness",
    async (transfer) => {
      // A white sheet of paper: 58 % of the scale of PQ, 75 % of that of HLG.
      const level = transfer === "smpte2084" ? 573 : 721;
      const source = await made(`${transfer}.mp4`, [
        ...["-f", "lavfi", "-i", "color=c=white:s=320x180:r=24:d=1"],
        ...["-vf", `format=yuv420p10le,lutyuv=y=${level}:u=512:v=512`],
        ...["-c:v", "libx265", "-x265-params", "log-level=error", "-tag:v", "hvc1"],
        ...["-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"],
      ]);
      const plain = await converter.convert(source, { format: "mp4", codec: "h264" }, target("plain.mp4"));
      const kept = await converter.convert(
        source,
        { format: "mp4", codec: "h265", bitrateKbps: 500 },
        target("kept.mp4"),
      );
      const shown = await look(plain.path);
      expect(shown.grey).toBeGreaterThan(180);
      expect(await readLocalTracks(shown.local)).toMatchObject({
        isHighDynamicRange: false,
        colour: { matrix: "bt709", transfer: "bt709", primaries: "bt709" },
      });
      expect(await readLocalTracks((await look(kept.path)).local)).toMatchObject({
        isHighDynamicRange: true,
        colour: { matrix: "bt2020nc", transfer, primaries: "bt2020" },
      });
      for (const picture of ["thumbnail", "lastFrame"] as const) {
        const { path } = await converter[picture](source, target(`${picture}.jpg`, "image/jpeg"));
        expect((await look(path)).grey).toBeGreaterThan(180);
      }
    },
  );

  it("has the last frame of its picture taken when its sound is longer", async () => {
    const source = await made("loud.mp4", [
      ...[
        "-f",
        "lavfi",
        "-i",
        "color=c=black:s=320x180:r=24:d=1.9",
        "-f",
        "lavfi",
        "-i",
        "color=c=white:s=320x180:r=24:d=0.1",
      ],
      ...[
        "-f",
        "lavfi",
        "-i",
        "sine=440:d=5",
        "-filter_complex",
        "[0][1]concat=n=2[v]",
        "-map",
        "[v]",
        "-map",
        "2:a",
      ],
      ...["-c:v", "libx264", "-pix_fmt", "yuv420p"],
    ]);
    const { path } = await converter.lastFrame(source, target("loud.jpg", "image/jpeg"));
    expect((await look(path)).grey).toBeGreaterThan(230);
  });

  it("has a picture when it is a single frame", async () => {
    const source = await made("single.mp4", [
      "-f",
      "lavfi",
      "-i",
      "color=c=white:s=320x180:r=24:d=0.04",
      "-pix_fmt",
      "yuv420p",
    ]);
    const { path } = await converter.thumbnail(source, target("single.jpg", "image/jpeg"));
    expect((await look(path)).grey).toBeGreaterThan(230);
  });
});

describe("a program that is not what it should be", () => {
  async function script(text: string): Promise<string> {
    const path = join(directory, `program-${Math.abs(text.length)}`);
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o755);
    return path;
  }

  it("is told apart at once when it does not exist", async () => {
    await expect(openFfmpegConverter({ program: join(directory, "none"), media })).rejects.toThrow("ENOENT");
  });

  it("is capable of what it names, and of nothing else", async () => {
    const few = await script("echo ' V..... libx264   H.264'");
    const converter = await openFfmpegConverter({ program: few, media });
    expect([...converter.capabilities]).toEqual(["h264", "join"]);
  });

  it("is ended when it takes too long, and its work directory goes", async () => {
    const before = await workDirectories();
    const hanging = await script('case "$*" in *-encoders*) exit 0;; esac; exec /bin/sleep 600');
    const converter = await openFfmpegConverter({
      program: hanging,
      media,
      timeoutMs: 200,
      workDirectory: directory,
    });
    const conversion = converter.convert(await stored(), { format: "gif" }, target("never.gif"));
    await expect(conversion).rejects.toThrow("ended by SIGKILL");
    expect(await workDirectories()).toEqual(before);
  });

  it("is ended when it takes too much memory", async () => {
    const hanging = await script('case "$*" in *-encoders*) exit 0;; esac; exec /bin/sleep 601');
    const options = { program: hanging, media, workDirectory: directory, timeoutMs: 60_000 };
    const converter = await openFfmpegConverter({ ...options, maxMemoryBytes: 10_000 });
    const conversion = converter.convert(await stored(), { format: "gif" }, target("never.gif"));
    await expect(conversion).rejects.toThrow("of memory");
  });

  it("runs once at a time, however many ask for it", async () => {
    const log = join(directory, "runs");
    const slow = await script(
      `case "$*" in *-encoders*) exit 0;; esac; echo begin >> ${log}; /bin/sleep 0.1; echo end >> ${log}; exit 1`,
    );
    const converter = await openFfmpegConverter({ program: slow, media, workDirectory: directory });
    const source = await stored();
    const all = [1, 2, 3].map((each) =>
      converter.thumbnail(source, target(`never-${each}.jpg`, "image/jpeg")),
    );
    expect(new Set((await Promise.allSettled(all)).map(({ status }) => status))).toEqual(
      new Set(["rejected"]),
    );
    expect((await readFile(log, "utf8")).trim().split("\n")).toEqual(
      [1, 2, 3].flatMap(() => ["begin", "end"]),
    );
  });
});
