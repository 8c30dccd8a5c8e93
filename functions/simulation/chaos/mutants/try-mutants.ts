import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundledCode, functionsDirectory } from "../../kit/package-files.js";
import { jobsPerSeed } from "../run-seed.js";
import { startThread, type Thread, threadCount } from "../threads.js";
import type { Edit, Mutant } from "./mutants.js";

export interface MutantReport {
  readonly total: number;
  readonly killed: number;
  /** Mutants that nothing showed. */
  readonly survivors: readonly string[];
}

/** Histories that a mutant may live through before it counts as unnoticed. */
const seedBudget = 300;
/** A mutant may also turn in circles for ever. */
const limits = { timeoutMs: 60_000 };

/** Runs every mutant under the swarm until a violation shows it, or until the budget is used up. */
export async function tryMutants(
  mutants: readonly Mutant[],
  firstSeed: number,
  say: (line: string) => void,
): Promise<MutantReport> {
  for (const mutant of mutants) checkEdits(mutant);
  const survivors: string[] = [];
  const waiting = mutants.values();
  await Promise.all(
    Array.from({ length: threadCount }, async () => {
      for (const mutant of waiting) {
        const evidence = await findEvidence(mutant, firstSeed);
        if (evidence === null) survivors.push(mutant.name);
        say(
          `${evidence === null ? "SURVIVED" : "noticed "} ${mutant.name}: ${evidence ?? "nothing shows it"}`,
        );
      }
    }),
  );
  return { total: mutants.length, killed: mutants.length - survivors.length, survivors };
}

async function findEvidence(mutant: Mutant, firstSeed: number): Promise<string | null> {
  const thread = startThread(await mutatedCode(mutant), limits);
  try {
    for (let seed = firstSeed; seed < firstSeed + seedBudget; seed += 1) {
      const evidence = await tryOnce(thread, seed);
      if (evidence === null) continue;
      const histories = seed - firstSeed + 1;
      return `${evidence} (after ${histories * jobsPerSeed} jobs, seed ${seed})`;
    }
    return null;
  } finally {
    await thread.stop();
  }
}

async function tryOnce(thread: Thread, seed: number): Promise<string | null> {
  try {
    const reply = await thread.carryOut({ type: "seed", seed });
    const violation = reply.type === "seed" ? reply.result.violations[0] : undefined;
    return violation === undefined ? null : `${violation.kind}: ${violation.detail}`;
  } catch (error) {
    return error instanceof Error ? error.message : "it broke";
  }
}

/** A worker of the sources as they are, but for the edits of a mutant. Nothing is written to disk. */
async function mutatedCode({ name, edits }: Mutant): Promise<URL> {
  const left = new Set(edits);
  const code = await bundledCode(join(functionsDirectory, "simulation", "chaos", "worker.ts"), [
    {
      name: "mutant",
      setup({ onLoad }) {
        onLoad({ filter: /\.ts$/ }, ({ path }) => {
          const own = edits.filter((edit) => join(functionsDirectory, edit.file) === path);
          if (own.length === 0) return null;
          for (const edit of own) left.delete(edit);
          return { contents: own.reduce(applyEdit, readFileSync(path, "utf8")), loader: "ts" };
        });
      },
    },
  ]);
  if (left.size > 0) throw new Error(`mutant "${name}": not all of its files are in use`);
  return code;
}

/** Throws when the guard is not there any more, or in more than one place. */
export function checkEdits({ name, edits }: Mutant): void {
  for (const edit of edits) {
    try {
      applyEdit(readFileSync(join(functionsDirectory, edit.file), "utf8"), edit);
    } catch (error) {
      throw new Error(`mutant "${name}": ${error instanceof Error ? error.message : "unreadable"}`);
    }
  }
}

function applyEdit(text: string, { file, find, replace }: Edit): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like ${find}`);
  return parts.join(replace);
}
