import { sha256 } from "../../src/domain/hash.js";
import { isTerminal, isUnresolved, type Job } from "../../src/domain/job/job.js";
import { cleanUp } from "../../src/engine/upkeep/clean-up.js";
import { sweep } from "../../src/engine/upkeep/sweep.js";
import { checkAccounts } from "./checks/account-checks.js";
import { checkEnd, endMarginMs, storeMarginMs } from "./checks/final-checks.js";
import { startAdministrator, startSchedules } from "./operations.js";
import { countViolations, type Violation, type ViolationCounts } from "./record.js";
import { drawSwarm } from "./swarm.js";
import { startUsers } from "./users.js";
import { sendWebhooks, type WebhookSender } from "./webhook-sender.js";
import { vendorIds } from "./world/vendors.js";
import { type ChaosWorld, createChaosWorld } from "./world/world.js";

export interface SeedResult {
  readonly seed: number;
  readonly jobs: number;
  readonly events: number;
  readonly hash: string;
  readonly violations: readonly Violation[];
  /** Jobs by how they ended. */
  readonly endings: Readonly<Record<string, number>>;
}

/** On average: some worlds refuse most requests, others make many parts. */
export const jobsPerSeed = 60;
const requestedJobs = 72;

const periods = { sweepEveryMs: 60_000, healthEveryMs: 300_000 };
const lookEveryMs = 30_000;
/** How long late results, late tasks and paused processes may still do harm. */
const aftermathMs = 600_000;
/** A history with more moments than this does not end. */
const maxMoments = 3_000_000;

/** One history: drawn from its seed alone, and judged. */
export async function runSeed(seed: number, onLines?: (lines: string) => void): Promise<SeedResult> {
  const swarm = drawSwarm(seed, vendorIds);
  const world = createChaosWorld({ seed: seed ^ 0x5bd1e995, swarm, onLines });
  startSchedules(world, periods);
  const webhookSender = sendWebhooks(world);
  const administrator = startAdministrator(world);
  const users = startUsers(world, requestedJobs);
  await runUntilSettled(world, () => users.areDone() && administrator.isDone(), aftermathMs);
  judge(world);
  const result = summary(world);
  administrator.stop();
  if (swarm.isCleanedUp) await runMonthsLater(world, webhookSender);
  return { seed, ...result, ...traceOf(world), violations: world.violations };
}

/** Lets time pass until every job has settled, and then `aftermathMs` longer. */
export async function runUntilSettled(
  world: ChaosWorld,
  areUsersDone: () => boolean,
  aftermathMs: number,
): Promise<void> {
  const { time } = world;
  const lastMs = endMarginMs(world.swarm) + storeMarginMs + lookEveryMs;
  let restSince: number | null = null;
  let isOver = false;

  function look(): void {
    const lastDeadline = Math.max(0, ...[...world.database.jobs.values()].map((job) => job.deadlineAt));
    const now = time.now();
    if (areUsersDone() && now > lastDeadline) world.stopFaults();
    if (!(areUsersDone() && isSettled(world))) restSince = null;
    else restSince ??= now;
    const isRested = restSince !== null && now - restSince > aftermathMs;
    const isLate = areUsersDone() && now > lastDeadline + lastMs;
    isOver = isRested || isLate || time.moments() > maxMoments;
    if (!isOver) time.at(now + lookEveryMs, look);
  }

  time.at(time.now(), look);
  await time.run(Number.POSITIVE_INFINITY, () => isOver || time.moments() > maxMoments);
}

export function isSettled({ database }: ChaosWorld): boolean {
  for (const job of database.jobs.values()) {
    if (!isTerminal(job) || job.outbox.length > 0) return false;
  }
  return true;
}

/** Checks how the history ended, and returns every violation since its beginning. */
export function judge(world: ChaosWorld): readonly Violation[] {
  checkEnd(world, world.report);
  if (world.time.moments() > maxMoments) {
    world.report({ kind: "lost", jobId: "", detail: "the history does not end" });
  }
  return world.violations;
}

function summary({ database }: ChaosWorld) {
  const endings: Record<string, number> = {};
  for (const { status } of database.jobs.values()) endings[status] = (endings[status] ?? 0) + 1;
  return { jobs: database.jobs.size, endings };
}

function traceOf({ eventLog }: ChaosWorld) {
  return { events: eventLog.events(), hash: eventLog.hash() };
}

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

const olderThanDays = 90;
const laterMs = (olderThanDays + 1) * 86_400_000;
const laterLimits = { timeoutMs: 1_800_000, mortality: 0.1, laterMs };
/** Rounds of clean-up with faults, and then as many without. */
const rounds = 6;

/** Goes on months after a history has ended: old webhooks arrive again, and old jobs are deleted. */
async function runMonthsLater(world: ChaosWorld, webhookSender: WebhookSender): Promise<void> {
  const { time, processes, vendors } = world;
  const paid = vendors.bills().length;
  let isOver = false;

  async function live(): Promise<void> {
    await webhookSender.replay(laterMs);
    for (let round = 1; round <= 2 * rounds; round += 1) {
      if (round > rounds) world.stopFaults();
      // Unanswered generations are past their deadline by now.
      await processes.run("sweep", laterLimits, sweep);
      await processes.run("clean-up", laterLimits, (deps) => cleanUp(deps, { olderThanDays, dryRun: false }));
    }
    isOver = true;
  }

  void live();
  await time.run(Number.POSITIVE_INFINITY, () => isOver);
  if (vendors.bills().length > paid) {
    world.report({ kind: "duplicatePaidStart", jobId: "", detail: "something was paid months later" });
  }
  checkAccounts(world, world.report);
  checkRemains(world);
}

/** Every job that is kept is kept for a reason, and no file has outlived its job. */
function checkRemains({ database, files, report }: ChaosWorld): void {
  for (const job of database.jobs.values()) {
    if (!isNeeded(job, [...database.jobs.values()])) {
      report({ kind: "lost", jobId: job.id, detail: "it was never cleaned up" });
    }
  }
  for (const path of files.paths()) {
    const jobId = /([0-9a-f]{24})[^/]*$/.exec(path)?.[1] ?? "";
    // A thumbnail may have been written without our knowing.
    if (!database.jobs.has(jobId) && !path.endsWith(".jpg"))
      report({ kind: "lost", jobId, detail: `${path} was left behind` });
  }
}

/** An unanswered start is kept for whoever resolves it, together with the jobs around it. */
function isNeeded({ id, attempts, partOf, redrives = [] }: Job, jobs: readonly Job[]): boolean {
  if (attempts.some(isUnresolved)) return true;
  return jobs.some(
    (other) => other.id === partOf?.jobId || other.partOf?.jobId === id || redrives.includes(other.id),
  );
}
