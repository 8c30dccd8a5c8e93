import { type CrashReport, pairScenarios, type Scenario, scenarios } from "./crash-points.js";
import { mutants } from "./mutants/mutants.js";
import { tryMutants } from "./mutants/try-mutants.js";
import { type ChaosOptions, readOptions } from "./options.js";
import { replayLines, runSeed, seedsFor, toReport } from "./run-seed.js";
import { onThreads, threadCount } from "./threads.js";

async function main(args: readonly string[]): Promise<number> {
  let options: ChaosOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
  switch (options.mode) {
    case "swarm":
      return runSwarm(options);
    case "crash-points":
      return runCrashPoints(options);
    case "mutants":
      return runMutants(options);
  }
}

async function runSwarm({ jobs, seed, trace, json }: ChaosOptions): Promise<number> {
  const startedAt = performance.now();
  const seeds = seedsFor(jobs, seed);
  const isShort = trace || seeds.length === 1;
  const results = isShort ? await runHere(seeds, trace) : await runOnThreads(seeds);
  const report = toReport(results, (performance.now() - startedAt) / 1_000);
  for (const line of replayLines(report.failing)) console.error(line);
  const { events: _, endings, failing, ...figures } = report;
  if (json) console.log(JSON.stringify(figures));
  else {
    const ended = Object.entries(endings).map(([status, count]) => `${count} ${status}`);
    console.log(`${report.jobs} jobs in ${report.seeds} histories: ${ended.join(", ")}.`);
    console.log(`${report.events} events, ${report.eventsPerSecond} a second; hash ${report.hash}.`);
    printCounts(report.violations);
  }
  return failing.length === 0 ? 0 : 1;
}

async function runHere(seeds: readonly number[], trace: boolean) {
  const print = trace ? (lines: string) => void process.stdout.write(`${lines}\n`) : undefined;
  const results = [];
  for (const seed of seeds) results.push(await runSeed(seed, print));
  return results;
}

function runOnThreads(seeds: readonly number[]) {
  return onThreads(seeds, async (seed, thread) => {
    const reply = await thread.carryOut({ type: "seed", seed });
    if (reply.type !== "seed") throw new Error("an answer to another question");
    return reply.result;
  });
}

async function runCrashPoints({ json }: ChaosOptions): Promise<number> {
  const parts = scenarios.flatMap((scenario) => sharesOf(scenario));
  const reports = await onThreads(parts, async (part, thread) => {
    const reply = await thread.carryOut({ type: "crashes", ...part });
    if (reply.type !== "crashes") throw new Error("an answer to another question");
    return reply.result;
  });
  const sum = (value: (report: CrashReport) => number) =>
    reports.reduce((total, report) => total + value(report), 0);
  const found = reports.flatMap((report) => report.violations);
  const figures = {
    singles: sum((report) => report.singles),
    pairs: sum((report) => report.pairs),
    violations: found.length,
    slowestRecoverySeconds: Math.max(...reports.map((report) => report.slowestRecoverySeconds)),
    slowestSweepSeconds: Math.max(...reports.map((report) => report.slowestSweepSeconds)),
    stories: scenarios,
    storiesWithPairs: pairScenarios,
  };
  for (const { kind, points, detail } of found.slice(0, 20)) console.error(`${kind} (${points}): ${detail}`);
  if (json) console.log(JSON.stringify(figures));
  else {
    console.log(`${figures.singles} single deaths and ${figures.pairs} pairs: ${found.length} violations.`);
    console.log(`Stories: ${scenarios.join(", ")}; with pairs: ${pairScenarios.join(", ")}.`);
    console.log(
      `At most ${figures.slowestRecoverySeconds} s until the job was taken up again, ` +
        `of which at most ${figures.slowestSweepSeconds} s of waiting for a sweep that was due.`,
    );
  }
  return found.length === 0 ? 0 : 1;
}

function sharesOf(scenario: Scenario) {
  const of = 4 * threadCount;
  return Array.from({ length: of }, (_, index) => ({
    scenario,
    options: { pairs: pairScenarios.includes(scenario), share: { index, of } },
  }));
}

async function runMutants({ json, seed }: ChaosOptions): Promise<number> {
  const report = await tryMutants(mutants, seed, (line) => console.error(line));
  const { total, killed, survivors } = report;
  if (json) console.log(JSON.stringify({ total, killed, survivors }));
  else {
    console.log(`${killed} of ${total} mutants were noticed.`);
    if (survivors.length > 0) console.log(`Not noticed: ${survivors.join(", ")}.`);
  }
  return survivors.length === 0 ? 0 : 1;
}

function printCounts(counts: Readonly<Record<string, number>>): void {
  for (const [kind, count] of Object.entries(counts)) console.log(`  ${kind}: ${count}`);
}

process.exitCode = await main(process.argv.slice(2));
