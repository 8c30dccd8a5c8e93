import { availableParallelism, cpus, totalmem } from "node:os";

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
