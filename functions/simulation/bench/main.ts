import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { utcDay } from "../../src/domain/day.js";
import { rootDirectory } from "../kit/package-files.js";
import {
  type Bench,
  type BenchCommand,
  benchmarksPage,
  readCommand,
  type Section,
  thisMachine,
} from "./bench.js";
import { coldStart } from "./cold-start.js";
import { files } from "./files/files.js";
import { margin } from "./margin/margin.js";
import { output } from "./output/output.js";
import { paidOnce } from "./paid-once/paid-once.js";
import { reliability } from "./reliability/reliability.js";
import { selection } from "./selection/selection.js";

/** Every bench, in the order of `docs/benchmarks.md`. */
export const benches: readonly Bench[] = [selection, coldStart, output, files, paidOnce, reliability, margin];

const page = join(rootDirectory, "docs", "benchmarks.md");

async function main(args: readonly string[]): Promise<number> {
  let command: BenchCommand;
  try {
    command = readCommand(
      args,
      benches.map((bench) => bench.name),
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
  const chosen = benches.filter((bench) => command.name === "all" || bench.name === command.name);
  const results: Record<string, unknown> = {};
  const sections: Section[] = [];
  for (const bench of chosen) {
    const { result, table } = await measure(bench, command);
    results[bench.name] = result;
    sections.push({ bench, table });
    if (!command.json) console.log(`${bench.name}\n\n${bench.about}\n\n${table}\n`);
  }
  if (command.write) {
    const run = { date: utcDay(Date.now()), seed: command.seed };
    mkdirSync(new URL(".", page), { recursive: true });
    writeFileSync(page, benchmarksPage(sections, thisMachine(), run));
    console.error("docs/benchmarks.md renewed");
  }
  if (command.json) console.log(JSON.stringify(command.name === "all" ? results : results[command.name]));
  return 0;
}

async function measure(bench: Bench, command: BenchCommand): Promise<{ result: unknown; table: string }> {
  const result = await bench.run(command);
  return { result, table: bench.table(result) };
}

process.exitCode = await main(process.argv.slice(2));
