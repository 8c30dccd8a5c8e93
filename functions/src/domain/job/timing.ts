import { p99Of } from "../health/stats.js";
import type { Policy } from "../policy/policy.js";
import { type Attempt, isTerminal, type Job, openStart, paidAttempts, watchedAttempts } from "./job.js";
import { lastPollAt } from "./poll.js";

/** Room for the next attempt to be stored as well. */
const safety = 1.05;

/**
 * When an attempt is given up: after the policy's multiple of its P90, or earlier where that would
 * leave the next candidate too little time before the deadline. Never earlier than all but one in a
 * hundred have finished, and not for a successor who would come too late anyway.
 */
export function timeoutTime(job: Job, attempt: Attempt, now: number, policy: Policy): number {
  const { p50Seconds: p50, p90Seconds: p90 } = attempt.typical;
  const patient = p90 * policy.limits.timeoutFactor;
  const next = attempt.decision.decision.ranked[1];
  if (next === undefined) return now + patient * 1_000;
  const latest = (job.deadlineAt - now) / 1_000 - next.p90Seconds * safety;
  return now + (latest < p99Of({ p50, p90 }) ? patient : Math.min(patient, latest)) * 1_000;
}

/**
 * When a second provider is started beside a slow first one: as late as the deadline safely allows,
 * but not before the first has taken longer than nine in ten do, and not later than when all but one in
 * a hundred have finished. `null` when the policy has no hedge.
 */
export function hedgeTime(job: Job, attempt: Attempt, now: number, policy: Policy): number | null {
  if (!policy.hedge.enabled || attempt.hedge) return null;
  const { p50Seconds: p50, p90Seconds: p90 } = attempt.typical;
  const usually = p99Of({ p50, p90 });
  const next = attempt.decision.decision.ranked.find(({ provider }) => provider !== attempt.provider);
  // Nobody else was there; somebody may be back by then.
  if (next === undefined) return Math.round(now + usually * 1_000);
  const nextP99 = p99Of({ p50: next.p50Seconds, p90: next.p90Seconds });
  const latest = (job.deadlineAt - now) / 1_000 - nextP99 * safety;
  return Math.round(now + 1_000 * Math.max(p90, Math.min(usually, latest)));
}

/** Never beside an unanswered start, never twice, and within the attempts that a job may pay for. */
export function mayHedge(job: Job, policy: Policy): boolean {
  return (
    policy.hedge.enabled &&
    job.status === "generating" &&
    openStart(job) === undefined &&
    job.attempts.filter((attempt) => attempt.state === "running").length === 1 &&
    !job.attempts.some((attempt) => attempt.hedge) &&
    paidAttempts(job) < policy.limits.maxAttempts
  );
}

/** How long after a step is due the sweeper looks whether it happened. */
const graceMs = 15_000;
/** How often a running job is looked at although its polls need no help. */
const watchMs = 60_000;
/** The same for one that has ended, and whose generations are only asked about because they may be paid. */
const lateWatchMs = 900_000;

/** When the sweeper should look at a job again if nothing moves it before. */
export function checkTime(job: Job, now: number): number | null {
  const times: number[] = [];
  if (job.outbox.length > 0) times.push(now + graceMs);
  const starting = job.attempts.find((attempt) => attempt.state === "starting");
  if (starting !== undefined) times.push(Math.max(now, starting.leaseUntil) + graceMs);
  if (isTerminal(job)) {
    for (const { timeoutAt } of watchedAttempts(job)) {
      times.push(Math.min(lastPollAt(timeoutAt, job.deadlineAt), now + lateWatchMs));
    }
  } else {
    // Storing goes on past the deadline.
    if (job.status !== "storing") times.push(job.deadlineAt + graceMs);
    if (job.next !== null) times.push(Math.max(now, job.next.dueAt) + graceMs);
    if (job.status === "generating") times.push(now + watchMs);
  }
  return times.length === 0 ? null : Math.min(...times);
}
