import { BudgetExceeded, resetTime } from "../../domain/accounting/budget.js";
import { isPaused } from "../../domain/health/health.js";
import type { JobEvent } from "../../domain/job/event.js";
import { type Attempt, isTerminal, type Job, openStart } from "../../domain/job/job.js";
import { mayHedge } from "../../domain/job/timing.js";
import {
  coolingModels,
  coolUntil,
  exhaustedModels,
  modelsOutOfService,
  outageUntil,
  secondChances,
  wasTurnedAway,
} from "../../domain/job/tried-models.js";
import type { CompositePlan } from "../../domain/selection/composite-plan.js";
import { type DecisionRecord, sealDecision } from "../../domain/selection/record.js";
import type { Winner } from "../../domain/selection/selection.js";
import { missingBudget } from "../budgets.js";
import { commit } from "../commit.js";
import type { Deps } from "../deps.js";
import { apply, deliver } from "../outbox.js";
import { isOfAnotherKey } from "../read-operation.js";
import { type Choice, chooseModel } from "./choose-model.js";
import { sendStart } from "./send-start.js";

/**
 * How long whoever claims a start may stay silent before somebody else looks after it. Shorter than
 * the longest call, which is safe: a start with a key may be repeated, and one without becomes
 * ambiguous until its answer arrives after all.
 */
const leaseMs = 30_000;
/** Choices of one start, when others take the last of a budget between choice and claim. */
const budgetTries = 5;
const budgetRaceWaitMs = 5_000;
/** How often a job looks whether starts are allowed again. */
const pauseWaitMs = 60_000;

/** Brings a queued job to a provider: chooses, writes the attempt down, and only then pays. */
export async function startJob(deps: Deps, jobId: string): Promise<void> {
  const job = await deps.jobs.get(jobId);
  if (job === null) return;
  const open = openStart(job);
  if (isTerminal(job)) {
    // Nobody will repeat this start; that its outcome is unknown must not stay hidden.
    if (open?.state === "starting") await closeStart(deps, job, open);
    return;
  }
  if (deps.now() >= job.deadlineAt && job.status !== "storing") {
    await apply(deps, jobId, { type: "deadline_passed" });
    return;
  }
  if (await isOrphan(deps, job)) {
    await apply(deps, jobId, { type: "cancel_requested", by: "owner" });
    return;
  }
  if (open !== undefined) await resumeStart(deps, job, open);
  else if (job.status === "queued") await startNext(deps, job);
}

/** A part whose whole has ended is of use to nobody: it was begun while that was being cancelled. */
async function isOrphan(deps: Deps, { partOf, status }: Job): Promise<boolean> {
  if (partOf === undefined || status !== "queued") return false;
  const whole = await deps.jobs.get(partOf.jobId);
  return whole === null || isTerminal(whole);
}

/** A second provider beside one that is slow, where the policy allows it and the job can pay for it. */
export async function hedgeJob(deps: Deps, jobId: string): Promise<void> {
  const job = await deps.jobs.get(jobId);
  const { policy } = await deps.snapshot();
  if (job === null || !mayHedge(job, policy)) return;
  const { winner, record } = await chooseNext(deps, job, modelsBeside(deps, job));
  if (winner !== null) await claimAndSend(deps, job, winner, record, true);
}

/** Whatever keeps a generation waiting at its provider would keep another one there waiting too. */
function modelsBeside({ catalogue }: Deps, job: Job): string[] {
  const running = job.attempts.filter((attempt) => attempt.state === "running");
  const busy = new Set(running.map((attempt) => attempt.provider));
  return catalogue.entries.filter(({ model }) => busy.has(model.provider)).map(({ model }) => model.id);
}

/** Somebody claimed a start and did not come back. */
async function resumeStart(deps: Deps, job: Job, attempt: Attempt): Promise<void> {
  const now = deps.now();
  if (now < attempt.leaseUntil) return;
  if (attempt.state === "ambiguous") {
    await apply(deps, job.id, { type: "ambiguity_expired", attempt: attempt.number });
    return;
  }
  const provider = deps.providers.get(attempt.provider);
  // Another account does not know the key of the start either, and would be paid as well.
  if (provider?.startGuard !== "idempotent" || isOfAnotherKey(provider, attempt.credentialId)) {
    await closeStart(deps, job, attempt);
    return;
  }
  const claimed = await commit(deps, job.id, {
    type: "start_resent",
    attempt: attempt.number,
    leaseUntil: now + leaseMs,
  });
  if (claimed !== null) await sendStart(deps, claimed, attempt);
}

/** Whoever made this call is gone, and it cannot be repeated: it may have been accepted. */
async function closeStart(deps: Deps, job: Job, { number, leaseUntil }: Attempt): Promise<void> {
  if (deps.now() < leaseUntil) return;
  await apply(deps, job.id, { type: "start_unanswered", attempt: number, resendable: false });
}

async function startNext(deps: Deps, job: Job): Promise<void> {
  for (let tries = 0; tries < budgetTries; tries += 1) {
    const cooling = coolingModels(job, deps.now());
    const found = await chooseNext(deps, job, cooling);
    const choice = found.winner === null ? ((await chooseAgain(deps, job, cooling)) ?? found) : found;
    const { winner, composition } = choice;
    if (winner === null) return endOrWait(deps, job, choice);
    if (composition !== undefined) {
      if (await planParts(deps, job, winner, composition)) return;
      continue;
    }
    if (await claimAndSend(deps, job, winner, choice.record, false)) return;
  }
  await apply(deps, job.id, { type: "start_postponed", until: deps.now() + budgetRaceWaitMs });
}

/**
 * Nothing is paid yet: each part is a job that is started like any other. Returns `false` when others have
 * used up a budget that all parts together need.
 */
async function planParts(deps: Deps, job: Job, winner: Winner, plan: CompositePlan): Promise<boolean> {
  const { adjustments, costUsdMicros, p50Seconds, p90Seconds, segmentCostsUsdMicros } = winner;
  const estimate = {
    adjustments,
    costUsdMicros,
    p50Seconds,
    p90Seconds,
    ...(segmentCostsUsdMicros === undefined ? {} : { segmentCostsUsdMicros }),
  };
  const planned = await reserve(deps, job.id, { type: "composition_planned", plan, estimate });
  if (planned === "no_budget") return false;
  if (planned !== null) await deliver(deps, planned);
  return true;
}

/**
 * Somebody new before somebody who has failed the job already. But when others are out of service, a
 * second chance is better than to wait for them or to fail: most failures are bad luck, outages last.
 */
async function chooseNext(deps: Deps, job: Job, excluded: readonly string[]): Promise<Choice> {
  const exhausted = exhaustedModels(job);
  const choice = await chooseModel(deps, job, [...exhausted, ...excluded]);
  const chances = secondChances(job);
  const othersAreOut = choice.record.decision.retryAt !== null || wasTurnedAway(job);
  if (choice.winner !== null || !othersAreOut || chances.length === 0) return choice;
  const hopeless = exhausted.filter((model) => !chances.includes(model));
  const second = await chooseModel(deps, job, [...hopeless, ...excluded]);
  return second.winner === null ? choice : second;
}

/** Whoever turned the job away may be back in service after a while. */
async function chooseAgain(deps: Deps, job: Job, excluded: readonly string[]): Promise<Choice | null> {
  const outOfService = modelsOutOfService(job);
  if (outOfService.length === 0 || (outageUntil(job) ?? 0) > deps.now()) return null;
  const hopeless = exhaustedModels(job).filter((model) => !outOfService.includes(model));
  const again = await chooseModel(deps, job, [...hopeless, ...excluded]);
  return again.winner === null && again.record.decision.retryAt === null ? null : again;
}

/** Nobody can take the job now: it waits for whoever can later, and fails when nobody will. */
async function endOrWait(deps: Deps, job: Job, { record, snapshot, budgets }: Choice): Promise<void> {
  const now = deps.now();
  const paused = isPaused(snapshot.health);
  const times = [record.decision.retryAt, coolUntil(job, now)].filter((time) => time !== null);
  if (paused) times.push(now + pauseWaitMs);
  const outage = modelsOutOfService(job).length === 0 ? null : outageUntil(job);
  if (outage !== null && outage > now) times.push(outage);
  const until = Math.min(...times);
  if (times.length > 0 && until < job.deadlineAt) {
    const waitsFor = paused ? "pause" : "provider";
    await apply(deps, job.id, { type: "start_postponed", until, waitsFor });
    return;
  }
  const budget = missingBudget(record, budgets);
  await apply(
    deps,
    job.id,
    budget === undefined
      ? { type: "start_impossible" }
      : { type: "budget_exhausted", scope: budget.scope.type, resetAt: resetTime(budget.day) },
  );
}

/** Returns whether the job was seen to; `false` when others have used up a budget in between. */
async function claimAndSend(
  deps: Deps,
  job: Job,
  winner: Winner,
  record: DecisionRecord,
  hedge: boolean,
): Promise<boolean> {
  const number = job.attempts.length + 1;
  const credentialId = deps.providers.get(winner.model.provider)?.credentialId;
  const claimed = await reserve(deps, job.id, {
    type: "start_claimed",
    leaseUntil: deps.now() + leaseMs,
    attempt: {
      number,
      provider: winner.model.provider,
      model: winner.model.id,
      idempotencyKey: `${job.id}:a${number}`,
      plan: winner.plan,
      adjustments: winner.adjustments,
      decision: sealDecision(record),
      hedge,
      typical: { p50Seconds: winner.p50Seconds, p90Seconds: winner.p90Seconds },
      estimatedCostUsdMicros: winner.costUsdMicros,
      ...(credentialId === undefined ? {} : { credentialId }),
    },
  });
  if (claimed === "no_budget") return false;
  const attempt = claimed?.attempts[number - 1];
  if (claimed !== null && attempt !== undefined) await sendStart(deps, claimed, attempt);
  return true;
}

/** The claim reserves its cost in the same commit, so no crash can leave one without the other. */
async function reserve(deps: Deps, jobId: string, event: JobEvent): Promise<Job | null | "no_budget"> {
  try {
    return await commit(deps, jobId, event);
  } catch (error) {
    if (error instanceof BudgetExceeded) return "no_budget";
    throw error;
  }
}
