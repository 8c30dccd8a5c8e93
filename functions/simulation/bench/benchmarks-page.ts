import { availableParallelism, cpus, totalmem } from "node:os";
import type { Bench } from "./bench.js";

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
