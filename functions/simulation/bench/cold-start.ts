import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { median, rounded, textTable } from "../kit/figures.js";
import { functionsDirectory } from "../kit/package-files.js";
import type { Bench, BenchOptions } from "./bench.js";

const runFile = promisify(execFile);
const entryFile = fileURLToPath(new URL("../../src/index.js", import.meta.url));

/** The least that any HTTPS function with a database loads: nothing of ours. */
const baseline = ["firebase-functions/https", "firebase-admin/app", "firebase-admin/firestore"];

export interface ColdStartResult {
  readonly entryMs: number;
  readonly baselineMs: number;
  readonly ratio: number;
  readonly samples: number;
  readonly entryRangeMs: readonly [number, number];
  readonly baselineRangeMs: readonly [number, number];
}

export const coldStart: Bench<ColdStartResult> = {
  name: "cold-start",
  about: [
    "Time to import the deployed entry (`index.js`, every function of it) in a fresh Node process, against",
    "importing only firebase-functions/https, firebase-admin/app and firebase-admin/firestore. The two take turns",
    "in one run; the first of each are thrown away, the rest give the medians. Measured inside the process around",
    "`import()`, so the start of Node itself is in neither. No keys are set and nothing is called. Files come from",
    "the operating system's cache; a real cold start also fetches the container, which is the same for both.",
  ].join("\n"),
  run: measureColdStart,
  table(result) {
    const row = (name: string, ms: number, [low, high]: readonly [number, number]) => [
      name,
      ms.toFixed(1),
      `${low.toFixed(1)}–${high.toFixed(1)}`,
    ];
    return [
      textTable(
        [`median of ${result.samples}`, "ms", "range ms"],
        [
          row("deployed entry", result.entryMs, result.entryRangeMs),
          row("firebase packages alone", result.baselineMs, result.baselineRangeMs),
        ],
      ),
      `entry / baseline = ${result.ratio.toFixed(2)}`,
    ].join("\n\n");
  },
};

async function measureColdStart(options: BenchOptions): Promise<ColdStartResult> {
  if (!existsSync(entryFile)) throw new Error(`${entryFile} is missing: build first`);
  const { a, b } = await importTimes(
    [pathToFileURL(entryFile).href],
    baseline,
    options.quick ? quickRun : fullRun,
  );
  return {
    entryMs: rounded(median(a), 1),
    baselineMs: rounded(median(b), 1),
    ratio: rounded(median(a) / median(b), 3),
    samples: a.length,
    entryRangeMs: [Math.min(...a), Math.max(...a)],
    baselineRangeMs: [Math.min(...b), Math.max(...b)],
  };
}

const fullRun = { samples: 15, warmUps: 2 };
const quickRun = { samples: 1, warmUps: 0 };

/** Import times of two sets of modules, A B A B, each in a process of its own. */
export async function importTimes(
  first: readonly string[],
  second: readonly string[],
  { samples, warmUps }: { readonly samples: number; readonly warmUps: number },
): Promise<{ readonly a: number[]; readonly b: number[] }> {
  const a: number[] = [];
  const b: number[] = [];
  for (let round = -warmUps; round < samples; round += 1) {
    const times = [await importMs(first), await importMs(second)] as const;
    if (round < 0) continue;
    a.push(times[0]);
    b.push(times[1]);
  }
  return { a, b };
}

async function importMs(modules: readonly string[]): Promise<number> {
  const imports = modules.map((name) => `await import(${JSON.stringify(name)});`).join("\n");
  const program = `const before = performance.now();\n${imports}\nprocess.stdout.write("\\n" + (performance.now() - before));\nprocess.exit(0);`;
  const { stdout } = await runFile(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: functionsDirectory,
    env: deployedEnvironment(),
  });
  const ms = Number(stdout.split("\n").at(-1));
  if (!(ms > 0)) throw new Error(`the import printed no time but: ${stdout.slice(0, 200)}`);
  return ms;
}

/** What a function instance has; no setting of the caller's shell reaches the measured process. */
function deployedEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH ?? "",
    NODE_ENV: "production",
    NODE_DISABLE_COMPILE_CACHE: "1",
    GCLOUD_PROJECT: "demo-reelay",
    GOOGLE_CLOUD_PROJECT: "demo-reelay",
    FIREBASE_CONFIG: JSON.stringify({
      projectId: "demo-reelay",
      storageBucket: "demo-reelay.firebasestorage.app",
    }),
  };
}
