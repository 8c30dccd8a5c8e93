import { spawn } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ConverterCapability } from "../../domain/output/conversion.js";
import type { ConversionTarget, Converter } from "../../engine/ports/converter.js";
import type { MediaStore, StoredObject } from "../../engine/ports/media-store.js";
import { storedContent } from "../../engine/ports/stored-content.js";
import {
  concatArguments,
  convertArguments,
  joinArguments,
  lastFrameArguments,
  mendArguments,
  thumbnailArguments,
} from "./ffmpeg-arguments.js";
import { withMediaInput } from "./media-reader.js";

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

    mend(source, remedy, target) {
      return make([source], target, "result.mp4", ([from = ""]) =>
        mendArguments(from, "result.mp4", remedy, target.maxBytes),
      );
    },

    thumbnail(source, target) {
      return make([source], target, "result.jpg", ([from = ""]) =>
        thumbnailArguments(from, "result.jpg", source.facts),
      );
    },
  };
}

/** A directory in `parent` for the time of one `use`, removed whatever happens in it. */
async function withWorkDirectory<Result>(
  parent: string,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(parent, "reelay-convert-"));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Copies a stored file to a local one. */
async function copyToLocal(media: MediaStore, path: string, localPath: string): Promise<void> {
  const stored = await media.stat(path);
  if (stored === null) throw new Error(`there is no complete file at ${path}`);
  await pipeline(storedContent(media, stored), createWriteStream(localPath));
}

/**
 * How the tracks of a local file are encoded, as a text. Two files with the same text can be joined
 * without encoding them again: one decoder configuration fits both.
 */
async function encodingOf(localPath: string): Promise<string> {
  const file = await open(localPath);
  try {
    const { size } = await file.stat();
    const reader = {
      size,
      async read(offset: number, length: number) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    };
    return await withMediaInput(reader, async (input) => {
      const video = await (await input.getPrimaryVideoTrack())?.getDecoderConfig();
      const audio = await (await input.getPrimaryAudioTrack())?.getDecoderConfig();
      const { codedWidth, codedHeight } = video ?? {};
      return JSON.stringify([
        [video?.codec, codedWidth, codedHeight, hex(video?.description)],
        [audio?.codec, audio?.sampleRate, audio?.numberOfChannels, hex(audio?.description)],
      ]);
    });
  } finally {
    await file.close();
  }
}

function hex(bytes: ArrayBufferLike | ArrayBufferView | undefined): string {
  if (bytes === undefined) return "";
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  return Buffer.from(view).toString("hex");
}

/** The end of what the program writes as its error: enough to know why it failed. */
const keptBytes = 4_000;
const keptCharacters = 300;

/**
 * Runs the program with a list of arguments and without a shell, and kills it when it takes too long.
 * Resolves with its standard output; throws with the end of its error output.
 */
async function runFfmpeg(
  program: string,
  args: readonly string[],
  { timeoutMs, directory }: { readonly timeoutMs: number; readonly directory: string },
): Promise<string> {
  const child = spawn(program, ["-nostdin", "-hide_banner", ...args], {
    cwd: directory,
    // It gets none of our environment, which holds keys.
    env: {},
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Not the `timeout` of spawn: its timer stays when there is no such program (Node 20.20).
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  let output = "";
  let errorText = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (output.length < 1_000_000) output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errorText = (errorText + text).slice(-keptBytes);
  });
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>(
    (resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code, signal }));
    },
  ).finally(() => clearTimeout(timer));
  if (code === 0) return output;
  if (signal !== null) throw new Error(`ffmpeg was ended by ${signal}; it may take ${timeoutMs} ms`);
  throw new Error(`ffmpeg ended with ${code}: ${errorText.trim().slice(-keptCharacters)}`);
}
