import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startStorageServer } from "../../cloud/storage-server.js";
import { rounded, textTable } from "../../kit/figures.js";
import { startLoopbackServer } from "../../kit/loopback-server.js";
import type { Bench, BenchOptions } from "../bench.js";
import { type LargeMp4, largeMp4 } from "./large-mp4.js";
import type { MeasuredRun, MeasuredRunOptions } from "./measured-run.js";

const runFile = promisify(execFile);
const bucketName = "demo-bench.appspot.com";
const fullMb = 1_000;
const quickMb = 50;

interface FormResult {
  readonly mbPerSecond: number;
  /** Above the baseline. */
  readonly peakMb: number;
  /** Of the same process, warmed up, before it got the file. */
  readonly baselineMb: number;
  readonly seconds: number;
}

export interface OutputResult {
  readonly mb: number;
  readonly ours: FormResult;
  readonly whole: FormResult;
}

export const output: Bench<OutputResult> = {
  name: "output",
  about: [
    "One generated MP4 goes from a file host to Cloud Storage and is checked: once as `storeVideo` does it (download",
    "stream → upload with hash → check by range reads), once with the whole file in a variable. Each runs in a fresh",
    "process against the same two loopback servers, which run in this one: the host that makes the file up as it goes,",
    "and our local storage server, which writes to disk. `peakMb` is the resident memory at its highest (the kernel's own",
    "figure) above the highest before the file, when the client libraries are loaded and have stored and checked a",
    "small file. All share the machine's cores, so speeds compare the two forms and promise nothing about a network.",
  ].join("\n"),
  run: measureOutput,
  table({ mb, ours, whole }) {
    const row = (name: string, form: FormResult) => [
      name,
      form.mbPerSecond.toFixed(0),
      form.peakMb.toFixed(0),
      form.baselineMb.toFixed(0),
    ];
    return textTable(
      [`${mb} MB`, "MB/s", "peak MB above baseline", "baseline MB"],
      [row("streamed", ours), row("whole in memory", whole)],
    );
  },
};

async function measureOutput(options: BenchOptions): Promise<OutputResult> {
  const mb = options.megabytes ?? (options.quick ? quickMb : fullMb);
  const file = largeMp4(mb * 1_000_000);
  const directory = await mkdtemp(join(tmpdir(), "reelay-bench-output-"));
  const [host, storage] = await Promise.all([serve(file), startStorageServer({ directory, signers: [] })]);
  try {
    const measure = async (form: MeasuredRunOptions["form"]) =>
      toResult(await run({ form, fileUrl: `${host.origin}/large.mp4`, bucketName }, storage.origin));
    return { mb, ours: await measure("ours"), whole: await measure("whole") };
  } finally {
    await Promise.all([host.close(), storage.close()]);
    await rm(directory, { recursive: true, force: true });
  }
}

function serve(file: LargeMp4) {
  return startLoopbackServer(async (_request, response) => {
    response.writeHead(200, { "content-type": "video/mp4", "content-length": file.bytes });
    await pipeline(Readable.from(file.content()), response);
  });
}

async function run(options: MeasuredRunOptions, storageOrigin: string): Promise<MeasuredRun> {
  const { stdout } = await runFile(process.execPath, [measuredProgram()], {
    env: {
      PATH: process.env.PATH ?? "",
      MEASURED_RUN: JSON.stringify(options),
      STORAGE_EMULATOR_HOST: storageOrigin,
      METADATA_SERVER_DETECTION: "none",
    },
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/** Beside this file when it is compiled; tests run from the sources and use what was built. */
function measuredProgram(): string {
  const beside = fileURLToPath(new URL("measured-run.js", import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL("../../../build/simulation/bench/output/measured-run.js", import.meta.url));
}

function toResult({ bytes, seconds, baselineBytes, peakBytes }: MeasuredRun): FormResult {
  return {
    mbPerSecond: rounded(bytes / 1e6 / seconds, 1),
    peakMb: rounded((peakBytes - baselineBytes) / 1e6, 1),
    baselineMb: rounded(baselineBytes / 1e6, 1),
    seconds: rounded(seconds, 2),
  };
}
