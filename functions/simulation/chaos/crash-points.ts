import type { Deps } from "../../src/engine/deps.js";
import { cancelJob } from "../../src/engine/job/cancel.js";
import { type Submitted, submitJob, submitScene } from "../../src/engine/job/submit.js";
import { vendors } from "../../src/providers/index.js";
import { startSchedules } from "./operations.js";
import type { Violation } from "./record.js";
import { isSettled, judge, runUntilSettled } from "./run-seed.js";
import { faultlessSwarm, type Rates, type Swarm, type VendorFault } from "./swarm.js";
import type { CallPoint } from "./world/processes.js";
import { vendorIds } from "./world/vendors.js";
import { type ChaosWorld, createChaosWorld } from "./world/world.js";

/** The stories of one job in which nothing goes wrong except that processes die. */
export const scenarios = ["plain", "fallback", "cancelled", "ambiguous", "hedge", "scene"] as const;
export type Scenario = (typeof scenarios)[number];
/** Those in which two processes die as well. The pairs of a scene alone would take longer than all others. */
export const pairScenarios: readonly Scenario[] = scenarios.filter((name) => name !== "scene");

export interface CrashReport {
  readonly singles: number;
  readonly pairs: number;
  readonly violations: readonly (Violation & { readonly points: string })[];
  /** The longest time after a death until somebody did something about the job again. */
  readonly slowestRecoverySeconds: number;
  /** How much of such a time, at most, was spent waiting for the next sweep when the job was due for one. */
  readonly slowestSweepSeconds: number;
}

/** As in `entrypoints/triggers/schedules.ts`. */
const sweepEveryMs = 60_000;
const periods = { sweepEveryMs, healthEveryMs: Number.POSITIVE_INFINITY };
const aftermathMs = 120_000;
/** At most so long after a job is due for a sweep it has been swept. */
const recoveryMs = sweepEveryMs + 5_000;
const cancelAfterMs = 30_000;
const caller = { uid: "ada", tier: "free" };
const prompt = "A paper boat drifts past a red lighthouse";
const scene = { imagePrompt: prompt, visualPrompt: "The boat sets off down the river" };

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
  const baseline = await runWithDeaths(scenario, []);
  const violations: (Violation & { points: string })[] = baseline.violations.map((one) => named(one, []));
  let [singles, pairs] = [0, 0];
  let slowest = noRecovery;
  for (const [index, first] of pointsUpTo(baseline.calls, 0).entries()) {
    if (index % share.of !== share.index) continue;
    const single = await runWithDeaths(scenario, [first]);
    singles += 1;
    violations.push(...single.violations.map((one) => named(one, [first])));
    slowest = slower(slowest, single.slowest);
    if (!withPairs) continue;
    for (const second of pointsUpTo(single.calls, first.number)) {
      const pair = await runWithDeaths(scenario, [first, second]);
      pairs += 1;
      violations.push(...pair.violations.map((one) => named(one, [first, second])));
      slowest = slower(slowest, pair.slowest);
    }
  }
  const slowestRecoverySeconds = slowest.recoveryMs / 1_000;
  return { singles, pairs, violations, slowestRecoverySeconds, slowestSweepSeconds: slowest.sweepMs / 1_000 };
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
  /** Calls until the job had settled. */
  readonly calls: number;
  readonly violations: readonly Violation[];
  readonly slowest: Recovery;
}

interface Recovery {
  readonly recoveryMs: number;
  readonly sweepMs: number;
}

const noRecovery: Recovery = { recoveryMs: 0, sweepMs: 0 };

function slower(one: Recovery, other: Recovery): Recovery {
  return {
    recoveryMs: Math.max(one.recoveryMs, other.recoveryMs),
    sweepMs: Math.max(one.sweepMs, other.sweepMs),
  };
}

async function runWithDeaths(scenario: Scenario, deaths: readonly CallPoint[]): Promise<Outcome> {
  const violations: Violation[] = [];
  let slowest = noRecovery;
  /** The latest death after which no process has worked on the job yet, and when a sweep may. */
  let open: { readonly at: number; readonly dueAt: number } | null = null;
  let calls = 0;

  function recover(): void {
    if (open === null) return;
    const now = world.time.now();
    const recovery = { recoveryMs: now - open.at, sweepMs: Math.max(0, now - open.dueAt) };
    slowest = slower(slowest, recovery);
    if (recovery.sweepMs > recoveryMs) {
      const seconds = Math.round(recovery.recoveryMs / 1_000);
      violations.push({ kind: "lost", jobId: "", detail: `nobody looked for ${seconds} s after a death` });
    }
    open = null;
  }

  const world: ChaosWorld = createChaosWorld({
    seed: 1,
    swarm: stageOf(scenario).swarm,
    diesAt: ({ number, when }) => {
      const isDeath = deaths.some((death) => death.number === number && death.when === when);
      // After the end of the jobs nobody has to recover anything.
      if (isDeath && !isOver(world)) open = { at: world.time.now(), dueAt: lookTime(world) };
      return isDeath;
    },
    onCall: (name) => {
      // Listing due jobs is not yet work on the job.
      if (name !== "jobs.listDue") recover();
      if (!isOver(world)) calls = world.processes.calls();
    },
  });
  startSchedules(world, periods);
  const user = createUser(world, scenario);
  await runUntilSettled(world, user.isDone, aftermathMs);
  return { calls, violations: [...violations, ...judge(world)], slowest };
}

function isOver(world: ChaosWorld): boolean {
  return world.database.jobs.size > 0 && isSettled(world);
}

/** When the sweeper may look at one of the jobs, by what is on record now. */
function lookTime(world: ChaosWorld): number {
  const times = [...world.database.jobs.values()].flatMap(({ checkAt }) => checkAt ?? []);
  return Math.max(world.time.now(), Math.min(...times, Number.MAX_SAFE_INTEGER));
}

const models = vendors.flatMap(({ models: own }) =>
  own.filter((model) => model.modes.text !== undefined).slice(0, 1),
);
const textVendors = models.map((model) => model.provider);
/** Of those that make videos of text the first that cannot be asked twice, and the first of all. */
const [once = ""] = textVendors.filter((id) => !isIdempotent(id));
const [first = ""] = textVendors;
const ambiguousSeconds = 60;

function isIdempotent(vendorId: string): boolean {
  const vendor = vendors.find(({ id }) => id === vendorId);
  const http = { send: () => Promise.reject(new Error("nobody calls")) };
  const config = { apiKey: "", baseUrl: "", settings: {}, http, now: () => 0 };
  return vendor?.create(config).startGuard === "idempotent";
}

/** The swarm in which a story happens, beginning with the vendor that the job prefers. */
function stageOf(scenario: Scenario): { readonly swarm: Swarm; readonly preferred: string } {
  const faultless = faultlessSwarm(vendorIds);
  const { policy } = faultless;
  const withFaults = (vendor: string, faults: Partial<Rates<VendorFault>>): Swarm => {
    const rates = faultless.vendors[vendor];
    return rates === undefined
      ? faultless
      : { ...faultless, vendors: { ...faultless.vendors, [vendor]: { ...rates, ...faults } } };
  };
  switch (scenario) {
    case "plain":
    case "cancelled":
      return { swarm: faultless, preferred: first };
    case "fallback":
      return { swarm: withFaults(first, { fail: 1 }), preferred: first };
    case "ambiguous": {
      const ambiguous = { ...policy.ambiguous, waitSeconds: ambiguousSeconds };
      return {
        swarm: { ...withFaults(once, { lostAnswer: 1 }), policy: { ...policy, ambiguous } },
        preferred: once,
      };
    }
    case "hedge": {
      const hedging = { ...policy, hedge: { enabled: true } };
      return { swarm: { ...withFaults(first, { stuck: 1 }), policy: hedging }, preferred: first };
    }
    case "scene":
      return { swarm: { ...faultless, shares: { ...faultless.shares, scene: 1 } }, preferred: first };
  }
}

function submitStory(deps: Deps, scenario: Scenario): Promise<Submitted> {
  const { preferred } = stageOf(scenario);
  const options = { requestId: "request-1", providers: { prefer: [preferred] } };
  if (scenario === "scene") return submitScene(deps, caller, { ...options, scene });
  const providers = { ...options.providers, only: models.map((model) => model.id) };
  return submitJob(deps, caller, { ...options, kind: "text", prompt, providers });
}

/** Submits, and repeats it when the answer was lost; one of the stories also cancels. */
function createUser(world: ChaosWorld, scenario: Scenario): { isDone(): boolean } {
  const { time, processes } = world;
  const limits = { timeoutMs: 300_000 };
  const retryMs = 5_000;
  let isDone = false;

  async function submit(): Promise<void> {
    let jobId = "";
    const ending = await processes.run("submit", limits, async (deps) => {
      jobId = (await submitStory(deps, scenario)).job.id;
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
