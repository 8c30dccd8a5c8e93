import { createReadStream, createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ConverterCapability } from "../../domain/output/conversion.js";
import type { ConversionTarget, Converter, StoredVideo } from "../../engine/ports/converter.js";
import type { MediaStore, StoredObject } from "../../engine/ports/media-store.js";
import { storedContent } from "../../engine/ports/stored-content.js";
import {
  convertArguments,
  gifArguments,
  lastFrameArguments,
  mendArguments,
  paletteArguments,
  type Source,
  thumbnailArguments,
  toneMapping,
  toneMappingFilters,
} from "./ffmpeg-arguments.js";
import { joinParts, readFrameTimes } from "./join-parts.js";
import { readLocalTracks, unknownTracks } from "./local-tracks.js";
import { type Ffmpeg, type Run, runFfmpeg } from "./run-ffmpeg.js";
import { sweepWorkDirectories, withWorkDirectory } from "./work-directory.js";

export interface FfmpegOptions {
  /** Path of the program. */
  readonly program: string;
  readonly media: MediaStore;
  /** For one run of the program. */
  readonly timeoutMs?: number;
  /** For one run as well: what an instance of 1 GiB has beside its other work. */
  readonly maxMemoryBytes?: number;
  /** Where files lie while they are converted. */
  readonly workDirectory?: string;
}

/** Encoders as `ffmpeg -encoders` names them. */
const encoders: readonly (readonly [name: string, makes: readonly ConverterCapability[]])[] = [
  ["libx264", ["h264", "join"]],
  ["libx265", ["h265"]],
  ["gif", ["gif"]],
  ["mjpeg", ["thumbnail", "lastFrame"]],
];

/**
 * Converts with an ffmpeg on this machine: files are copied into a work directory, and the result
 * from there to the bucket. One order is worked on at a time, because an instance takes several tasks
 * and has the memory for one. The program is asked once what it can do, as builds differ. Throws when
 * it does not run at all.
 */
export async function openFfmpegConverter(options: FfmpegOptions): Promise<Converter> {
  const { program, media, timeoutMs = 600_000, workDirectory = tmpdir() } = options;
  const { maxMemoryBytes = 768 * 2 ** 20 } = options;
  const ffmpeg: Ffmpeg = { program, timeoutMs, maxMemoryBytes };
  const list = await runFfmpeg({ ...ffmpeg, timeoutMs: 10_000 }, ["-encoders"], workDirectory);
  const names = wordsOf(list);
  await sweepWorkDirectories(workDirectory);

  let toneMaps: Promise<boolean> | undefined;
  const canToneMap = () => {
    toneMaps ??= runFfmpeg(ffmpeg, ["-filters"], workDirectory)
      .then(wordsOf)
      .then((filters) => toneMappingFilters.every((name) => filters.has(name)));
    return toneMaps;
  };

  let lastOrder: Promise<unknown> = Promise.resolve();
  function inTurn<Result>(order: () => Promise<Result>): Promise<Result> {
    const result = lastOrder.then(order);
    lastOrder = result.catch(() => undefined);
    return result;
  }

  /** Copies stored files, makes a file of the copies, and stores it. */
  function makeOfCopies(
    paths: readonly string[],
    target: ConversionTarget,
    result: string,
    work: (names: readonly string[], run: Run, directory: string) => Promise<unknown>,
  ): Promise<StoredObject> {
    return inTurn(() =>
      withWorkDirectory(workDirectory, async (directory) => {
        const names = paths.map((_, index) => `source${index}.mp4`);
        for (const [index, name] of names.entries()) {
          await copyToLocal(media, paths[index] ?? "", join(directory, name));
        }
        await work(names, (args) => runFfmpeg(ffmpeg, args, directory), directory);
        const { path, ...write } = target;
        return media.write(path, createReadStream(join(directory, result)), write);
      }),
    );
  }

  /** The same of videos that were checked, with what their tracks say. */
  function make(
    videos: readonly StoredVideo[],
    target: ConversionTarget,
    result: string,
    work: (sources: readonly Source[], run: Run, directory: string) => Promise<unknown>,
  ): Promise<StoredObject> {
    const paths = videos.map(({ path }) => path);
    return makeOfCopies(paths, target, result, async (names, run, directory) => {
      const sources: Source[] = [];
      for (const [index, { facts }] of videos.entries()) {
        const name = names[index] ?? "";
        // What our reader does not understand ffmpeg may, and otherwise says what is wrong.
        const tracks = await readLocalTracks(join(directory, name)).catch(() => unknownTracks(name, facts));
        const toneMap = tracks.isHighDynamicRange && (await canToneMap()) ? toneMapping : null;
        sources.push({ name, facts, tracks, toneMap });
      }
      await work(sources, run, directory);
    });
  }

  return {
    name: "ffmpeg",
    capabilities: new Set(encoders.filter(([name]) => names.has(name)).flatMap(([, makes]) => makes)),
    minSeconds: 0,

    convert(video, spec, target) {
      const result = `result.${spec.format}`;
      return make([video], target, result, async (sources, run) => {
        const source = theOnly(sources);
        if (spec.format === "mp4") return run(convertArguments(source, result, spec, target.maxBytes));
        await run(paletteArguments(source, "palette.png"));
        return run(gifArguments(source, "palette.png", result, target.maxBytes));
      });
    },

    join(parts, target) {
      return make(parts, target, "result.mp4", async (sources, run, directory) => {
        const read = [];
        for (const source of sources) read.push({ ...source, times: await readFrameTimes(run, source.name) });
        await joinParts({ run, directory, maxBytes: target.maxBytes }, read, "result.mp4");
      });
    },

    lastFrame(video, target) {
      return make([video], target, "result.jpg", async (sources, run) => {
        const source = theOnly(sources);
        const { startsSeconds } = await readFrameTimes(run, source.name);
        return run(lastFrameArguments(source, startsSeconds.at(-1) ?? 0, "result.jpg"));
      });
    },

    mend({ path }, remedy, target) {
      // Our reader doubts it, so no parser in this process meets it.
      return makeOfCopies([path], target, "result.mp4", ([name = ""], run) =>
        run(mendArguments(name, "result.mp4", remedy, target.maxBytes)),
      );
    },

    thumbnail(video, target) {
      return make([video], target, "result.jpg", (sources, run) =>
        run(thumbnailArguments(theOnly(sources), "result.jpg")),
      );
    },
  };
}

/** The names in a list of encoders or filters: the second word of each line. */
function wordsOf(list: Buffer): ReadonlySet<string> {
  const lines = list.toString("latin1").split("\n");
  return new Set(lines.flatMap((line) => line.trim().split(/\s+/)[1] ?? []));
}

function theOnly([source]: readonly Source[]): Source {
  if (source === undefined) throw new Error("there is no video to work on");
  return source;
}

/** Copies a stored file to a local one. */
async function copyToLocal(media: MediaStore, path: string, localPath: string): Promise<void> {
  const stored = await media.stat(path);
  if (stored === null) throw new Error(`there is no complete file at ${path}`);
  await pipeline(storedContent(media, stored), createWriteStream(localPath));
}
