import { cancelJob } from "../engine/job/cancel-job.js";
import { submitJob } from "../engine/job/submit-job.js";
import { vendors } from "../providers/index.js";
import { isAtRest, judge, untilRest } from "./run-seed.js";
import { quietSwarm, type Swarm } from "./swarm.js";
import { keepUp } from "./upkeep.js";
import type { Violation } from "./violations.js";
import type { CallPoint } from "./world/processes.js";
import { vendorIds } from "./world/vendors.js";
import { type ChaosWorld, createChaosWorld } from "./world/world.js";

/** What one job goes through when nothing goes wrong but the deaths of processes. */
export const scenarios = ["plain", "fallback", "cancelled"] as const;
export type Scenario = (typeof scenarios)[number];

export interface CrashReport {
  readonly singles: number;
  readonly pairs: number;
  readonly violations: readonly (Violation & { readonly points: string })[];
  /** The longest time after a death until somebody did something about the job again. */
  readonly slowestRecoverySeconds: number;
}

const periods = { sweepEveryMs: 30_000, healthEveryMs: Number.POSITIVE_INFINITY };
const aftermathMs = 120_000;
/** One period of the sweeper and a little: so long after it may look at a job, it has looked. */
const recoveryMs = 35_000;
const cancelAfterMs = 30_000;
const caller = { uid: "ada", tier: "free" };

export interface CrashOptions {
  /** Also a second death, at every call after the first. */
  readonly pairs: boolean;
  /** Which of the first deaths to try: every `of`th of them, from `index` on. */
  readonly share: { readonly index: number; readonly of: number };
}

/** Lets a process die at every single call to the world, and at every pair of calls if asked to. */
export async function tryCrashPoints(
  scenario: Scenario,
  { pairs: withPairs, share }: CrashOptions,
): Promise<CrashReport> {
  const calm = await runWithDeaths(scenario, []);
  const violations: (Violation & { points: string })[] = calm.violations.map((one) => named(one, []));
  let [singles, pairs, slowestMs] = [0, 0, 0];
  for (const [index, first] of pointsUpTo(calm.calls, 0).entries()) {
    if (index % share.of !== share.index) continue;
    const single = await runWithDeaths(scenario, [first]);
    singles += 1;
    violations.push(...single.violations.map((one) => named(one, [first])));
    slowestMs = Math.max(slowestMs, single.slowestRecoveryMs);
    if (!withPairs) continue;
    for (const second of pointsUpTo(single.calls, first.number)) {
      const pair = await runWithDeaths(scenario, [first, second]);
      pairs += 1;
      violations.push(...pair.violations.map((one) => named(one, [first, second])));
      slowestMs = Math.max(slowestMs, pair.slowestRecoveryMs);
    }
  }
  return { singles, pairs, violations, slowestRecoverySeconds: slowestMs / 1_000 };
}

function named(violation: Violation, points: readonly CallPoint[]) {
  return { ...violation, points: points.map(({ number, when }) => `${when} call ${number}`).join(", ") };
}

function pointsUpTo(calls: number, from: number): CallPoint[] {
  return Array.from({ length: calls - from }, (_, index) => index + from + 1).flatMap((number) => [
    { number, when: "before" as const },
    { number, when: "after" as const },
  ]);
}

interface Outcome {
  /** Until the job was at rest. */
  readonly calls: number;
  readonly violations: readonly Violation[];
  readonly slowestRecoveryMs: number;
}

async function runWithDeaths(scenario: Scenario, deaths: readonly CallPoint[]): Promise<Outcome> {
  const violations: Violation[] = [];
  let slowestRecoveryMs = 0;
  /** The latest death after which nobody has done anything about the job yet. */
  let open: { readonly at: number; readonly until: number } | null = null;
  let calls = 0;

  function recover(): void {
    if (open === null) return;
    slowestRecoveryMs = Math.max(slowestRecoveryMs, world.time.now() - open.at);
    if (world.time.now() > open.until) {
      const seconds = Math.round((world.time.now() - open.at) / 1_000);
      violations.push({ kind: "lost", jobId: "", detail: `nobody looked for ${seconds} s after a death` });
    }
    open = null;
  }

  const world: ChaosWorld = createChaosWorld({
    seed: 1,
    swarm: swarmOf(scenario),
    diesAt: ({ number, when }) => {
      const isDeath = deaths.some((death) => death.number === number && death.when === when);
      if (isDeath) open = { at: world.time.now(), until: lookTime(world) + recoveryMs };
      return isDeath;
    },
    onCall: (name) => {
      // To look whether anything is due is not yet to do something about it.
      if (name !== "jobs.listDue") recover();
      if (!isOver(world)) calls = world.processes.calls();
    },
  });
  keepUp(world, periods);
  const user = createUser(world, scenario);
  await untilRest(world, user.isDone, aftermathMs);
  return { calls, violations: [...violations, ...judge(world)], slowestRecoveryMs };
}

function isOver(world: ChaosWorld): boolean {
  return world.database.jobs.size > 0 && isAtRest(world);
}

/** When the sweeper may look at the job, by what is on record now. */
function lookTime(world: ChaosWorld): number {
  const [job] = world.database.jobs.values();
  return Math.max(world.time.now(), job?.checkAt ?? 0);
}

/** The first two vendors that make videos of text; where the story needs it, the first of them fails. */
function swarmOf(scenario: Scenario): Swarm {
  const quiet = quietSwarm(vendorIds);
  const [first = ""] = textVendors;
  const rates = quiet.vendors[first];
  if (scenario !== "fallback" || rates === undefined) return quiet;
  return { ...quiet, vendors: { ...quiet.vendors, [first]: { ...rates, fail: 1 } } };
}

const textModels = vendors.flatMap(({ models }) =>
  models.filter((model) => model.modes.text !== undefined).slice(0, 1),
);
const textVendors = textModels.map((model) => model.provider);
const request = {
  kind: "text",
  prompt: "A paper boat drifts past a red lighthouse",
  requestId: "wish-1",
  providers: { only: textModels.map((model) => model.id), prefer: textVendors.slice(0, 1) },
};

/** Asks once, and again when the answer was lost; with second thoughts in one of the stories. */
function createUser(world: ChaosWorld, scenario: Scenario): { isDone(): boolean } {
  const { time, processes } = world;
  const limits = { timeoutMs: 300_000 };
  const retryMs = 5_000;
  let isDone = false;

  async function submit(): Promise<void> {
    let jobId = "";
    const ending = await processes.run("submit", limits, async (deps) => {
      jobId = (await submitJob(deps, caller, request)).job.id;
    });
    if (ending !== "done") time.at(time.now() + retryMs, () => void submit());
    else if (scenario === "cancelled") time.at(time.now() + cancelAfterMs, () => void cancel(jobId));
    else isDone = true;
  }

  async function cancel(jobId: string): Promise<void> {
    const ending = await processes.run("cancel", limits, async (deps) => {
      const job = await deps.jobs.get(jobId);
      if (job !== null) await cancelJob(deps, job, "owner");
    });
    if (ending !== "done") time.at(time.now() + retryMs, () => void cancel(jobId));
    else isDone = true;
  }

  time.at(time.now(), () => void submit());
  return { isDone: () => isDone };
}
