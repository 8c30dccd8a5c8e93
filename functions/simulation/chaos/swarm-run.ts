import { sha256 } from "../../src/domain/hash.js";
import { jobsPerSeed, type SeedResult } from "./run-seed.js";
import { countViolations, type ViolationCounts } from "./violations.js";

export interface SwarmReport {
  readonly jobs: number;
  readonly seeds: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly violations: ViolationCounts;
  readonly hash: string;
  /** Jobs by how they ended. */
  readonly endings: Readonly<Record<string, number>>;
  readonly failing: readonly SeedResult[];
}

/** As many seeds as it takes; each brings about as many jobs. */
export function seedsFor(jobs: number, firstSeed: number): number[] {
  return Array.from({ length: Math.ceil(jobs / jobsPerSeed) }, (_, index) => firstSeed + index);
}

export function toReport(results: readonly SeedResult[], seconds: number): SwarmReport {
  const sum = (value: (result: SeedResult) => number) =>
    results.reduce((total, result) => total + value(result), 0);
  const endings: Record<string, number> = {};
  for (const result of results) {
    for (const [status, count] of Object.entries(result.endings)) {
      endings[status] = (endings[status] ?? 0) + count;
    }
  }
  const events = sum((result) => result.events);
  return {
    jobs: sum((result) => result.jobs),
    seeds: results.length,
    events,
    eventsPerSecond: Math.round(events / seconds),
    violations: countViolations(results.flatMap((result) => result.violations)),
    hash: sha256(results.map((result) => result.hash).join("\n")),
    endings,
    failing: results.filter((result) => result.violations.length > 0),
  };
}

/** One line for each failing seed: what is wrong, and how to see it again. */
export function replayLines(failing: readonly SeedResult[]): string[] {
  return failing.map(({ seed, violations }) => {
    const [first] = violations;
    return `npm run chaos -- --seed ${seed} --jobs ${jobsPerSeed} --trace   # ${first?.kind} ${first?.jobId}: ${first?.detail}`;
  });
}
