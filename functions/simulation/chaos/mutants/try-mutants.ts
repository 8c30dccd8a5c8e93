import { jobsPerSeed } from "../run-seed.js";
import { startThread, type Thread, threadCount } from "../threads.js";
import type { Mutant } from "./mutants.js";
import { checkEdits, mutatedCode } from "./mutated-code.js";

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
