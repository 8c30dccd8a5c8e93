import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConverterCapability } from "../../domain/output/conversion.js";
import type { ConversionTarget, Converter } from "../../engine/ports/converter.js";
import type { MediaStore, StoredObject } from "../../engine/ports/media-store.js";
import { encodingOf } from "./encoding-of.js";
import {
  concatArguments,
  convertArguments,
  joinArguments,
  lastFrameArguments,
  thumbnailArguments,
} from "./ffmpeg-arguments.js";
import { runFfmpeg } from "./ffmpeg-process.js";
import { copyToLocal, withWorkDirectory } from "./work-directory.js";

export interface FfmpegOptions {
  /** Path of the program. */
  readonly program: string;
  readonly media: MediaStore;
  /** For one run of the program. */
  readonly timeoutMs?: number;
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
 * from there to the bucket. The program is asked once what it can do, as builds differ. Throws when
 * it does not run at all.
 */
export async function openFfmpegConverter(options: FfmpegOptions): Promise<Converter> {
  const { program, media, timeoutMs = 600_000, workDirectory = tmpdir() } = options;
  const list = await runFfmpeg(program, ["-encoders"], { timeoutMs: 10_000, directory: workDirectory });
  const names = new Set(list.split("\n").map((line) => line.trim().split(/\s+/)[1]));

  /** Copies the sources, runs the program, and stores what it made. */
  function make(
    sources: readonly { readonly path: string }[],
    target: ConversionTarget,
    result: string,
    argumentsFor: (names: readonly string[], directory: string) => Promise<string[]> | string[],
  ): Promise<StoredObject> {
    return withWorkDirectory(workDirectory, async (directory) => {
      const names = sources.map((_, index) => `source${index}.mp4`);
      for (const [index, { path }] of sources.entries()) {
        await copyToLocal(media, path, join(directory, names[index] ?? ""));
      }
      await runFfmpeg(program, await argumentsFor(names, directory), { timeoutMs, directory });
      const { path, ...write } = target;
      return media.write(path, createReadStream(join(directory, result)), write);
    });
  }

  return {
    name: "ffmpeg",
    capabilities: new Set(encoders.filter(([name]) => names.has(name)).flatMap(([, makes]) => makes)),
    minSeconds: 0,

    convert(source, spec, target) {
      const result = `result.${spec.format}`;
      return make([source], target, result, ([from = ""]) =>
        convertArguments(from, result, spec, source.facts, target.maxBytes),
      );
    },

    join(parts, target) {
      return make(parts, target, "result.mp4", async (names, directory) => {
        const encodings = await Promise.all(names.map((name) => encodingOf(join(directory, name))));
        if (new Set(encodings).size > 1) {
          const named = parts.map(({ facts }, index) => ({ name: names[index] ?? "", facts }));
          return joinArguments(named, "result.mp4", target.maxBytes);
        }
        await writeFile(join(directory, "parts.txt"), names.map((name) => `file '${name}'\n`).join(""));
        return concatArguments("parts.txt", "result.mp4", target.maxBytes);
      });
    },

    lastFrame(source, target) {
      return make([source], target, "result.jpg", ([from = ""]) => lastFrameArguments(from, "result.jpg"));
    },

    thumbnail(source, target) {
      return make([source], target, "result.jpg", ([from = ""]) =>
        thumbnailArguments(from, "result.jpg", source.facts),
      );
    },
  };
}
