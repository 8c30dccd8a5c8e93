import type { Policy } from "../../src/domain/policy/policy.js";
import type { PolicyComparison } from "../../src/domain/selection/comparison.js";
import { textTable } from "../kit/figures.js";
import { type ReplayOptions, type ReplayResult, readOptions, readPolicyFile, runReplay } from "./replay.js";

const printedChanges = 20;

function main(args: readonly string[]): number {
  let options: ReplayOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
  let draft: Policy | null = null;
  if (options.policyFile !== null) {
    const file = readPolicyFile(options.policyFile);
    if (file.status === "invalid") {
      for (const problem of file.problems) console.error(problem);
      return 1;
    }
    draft = file.policy;
  }
  const result = runReplay({ count: options.count, seed: options.seed, draft });
  if (options.json) printJson(result);
  else printText(result);
  return result.different === 0 ? 0 : 1;
}

function printJson({ replayed, different, withoutWinner, comparison }: ReplayResult): void {
  const { changed, costDeltaUsd, secondsDelta } = comparison ?? {};
  console.log(JSON.stringify({ replayed, different, withoutWinner, changed, costDeltaUsd, secondsDelta }));
}

function printText({ replayed, different, withoutWinner, comparison }: ReplayResult): void {
  console.log(`${replayed} decisions replayed from their stored bytes, ${different} different.`);
  console.log(`${withoutWinner} of them had no candidate left; the reasons are replayed too.`);
  if (comparison !== null) printComparison(comparison);
}

function printComparison({ changed, replayed, costDeltaUsd, secondsDelta }: PolicyComparison): void {
  const share = ((100 * changed.length) / replayed).toFixed(1);
  console.log(`\nThe draft policy would change ${changed.length} winners (${share} %), together`);
  console.log(`${signed(costDeltaUsd, 2)} USD and ${signed(secondsDelta, 0)} s of expected waiting.\n`);
  if (changed.length === 0) return;
  const rows = changed
    .slice(0, printedChanges)
    .map((change) => [
      String(change.index),
      change.mode,
      change.profile,
      change.from ?? "nobody",
      change.to ?? "nobody",
      change.costDeltaUsd === null ? "" : signed(change.costDeltaUsd, 3),
      change.secondsDelta === null ? "" : signed(change.secondsDelta, 1),
    ]);
  console.log(textTable(["record", "mode", "profile", "from", "to", "USD", "seconds"], rows));
  const hidden = changed.length - rows.length;
  if (hidden > 0) console.log(`… and ${hidden} more; --json lists them all.`);
}

function signed(value: number, digits: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(digits)}`;
}

process.exitCode = main(process.argv.slice(2));
