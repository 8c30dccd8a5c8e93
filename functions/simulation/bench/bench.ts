import { availableParallelism, cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";

/** One measurement that can be repeated with one command. */
export interface Bench<Result = unknown> {
  readonly name: string;
  /** What exactly is measured, and what is not: printed beside the numbers. */
  readonly about: string;
  run(options: BenchOptions): Promise<Result>;
  /** The same result for a reader. */
  table(result: Result): string;
}

export interface BenchOptions {
  readonly seed: number;
  /** A much smaller run that only shows that the bench works; its numbers are not for quoting. */
  readonly quick: boolean;
  /** Size of the data, for benches that move any. */
  readonly megabytes?: number;
  /** How many strategies are tried, for the bench that searches for them. */
  readonly strategies?: number;
  /** A folder with `good` and `bad` files, for the bench that checks files. */
  readonly corpus?: string;
  /** How many changed copies of good files are checked. */
  readonly mutations?: number;
}

/** What the numbers depend on besides the code. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
}

export function thisMachine(): Machine {
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    memoryGb: Math.round(totalmem() / 1024 ** 3),
  };
}

export interface Section {
  readonly bench: Bench;
  readonly table: string;
}

/** `docs/benchmarks.md`, whole: nothing in it is written by hand. */
export function benchmarksPage(
  sections: readonly Section[],
  machine: Machine,
  run: { readonly date: string; readonly seed: number },
): string {
  const heading = [
    "# Benchmarks",
    "Every number here was printed by one run of `npm run bench -- all --write`, which also wrote this page. " +
      "Change the code, not the page.",
    `${run.date} · seed ${run.seed} · Node ${machine.node} · ${machine.platform} · ${machine.cores} cores ` +
      `(${machine.processor}) · ${machine.memoryGb} GB`,
  ];
  const bodies = sections.map(({ bench, table }) =>
    [`## ${bench.name}`, `\`npm run bench -- ${bench.name}\``, bench.about, table].join("\n\n"),
  );
  return `${[...heading, ...bodies].join("\n\n")}\n`;
}

export interface BenchCommand extends BenchOptions {
  /** A bench, or `all`. */
  readonly name: string;
  readonly json: boolean;
  readonly write: boolean;
}

const usage =
  "npm run bench -- NAME [--json] [--seed N] [--quick] [--mb N] [--strategies N] [--corpus DIR] [--mutations N]   or   npm run bench -- all --write";

/** Reads the command line; throws an `Error` whose message says what to write instead. */
export function readCommand(args: readonly string[], names: readonly string[]): BenchCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      mb: { type: "string" },
      strategies: { type: "string" },
      corpus: { type: "string" },
      mutations: { type: "string" },
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const [name, ...more] = positionals;
  const known = [...names, "all"];
  if (name === undefined || more.length > 0 || !known.includes(name)) {
    const said = name === undefined ? "Name one bench" : `There is no bench "${positionals.join(" ")}"`;
    throw new Error(`${said}; the names are: ${known.join(", ")}\n${usage}`);
  }
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0) {
    throw new Error(`--seed must be a whole number, not "${values.seed}"`);
  }
  const megabytes = values.mb === undefined ? undefined : Number(values.mb);
  if (megabytes !== undefined && !(megabytes > 0)) {
    throw new Error(`--mb must be a number of megabytes, not "${values.mb}"`);
  }
  const strategies = values.strategies === undefined ? undefined : Number(values.strategies);
  if (strategies !== undefined && !(Number.isInteger(strategies) && strategies > 0)) {
    throw new Error(`--strategies must be a whole number from 1, not "${values.strategies}"`);
  }
  const mutations = values.mutations === undefined ? undefined : Number(values.mutations);
  if (mutations !== undefined && !(Number.isInteger(mutations) && mutations >= 0)) {
    throw new Error(`--mutations must be a whole number, not "${values.mutations}"`);
  }
  if (values.write && name !== "all") throw new Error(`--write renews the whole page: ${usage}`);
  if (values.write && values.quick) throw new Error("--write publishes numbers; --quick has none to publish");
  const asked = {
    ...(megabytes === undefined ? {} : { megabytes }),
    ...(values.corpus === undefined ? {} : { corpus: values.corpus }),
    ...(mutations === undefined ? {} : { mutations }),
    ...(strategies === undefined ? {} : { strategies }),
  };
  return { name, seed, quick: values.quick, json: values.json, write: values.write, ...asked };
}
