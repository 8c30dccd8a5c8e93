import { type Attempt, type Job, openStart, paidAttempts } from "./job.js";
import type { Policy } from "./policy.js";

/** P99 over P90 of a lognormal time with the spread that providers show (sigma 0.4, 2026-11). */
const p99OverP90 = 1.5;
/** Room for the second attempt to be stored as well. */
const safety = 1.05;

/**
 * When a second provider is started beside a slow first one: as late as the deadline safely allows,
 * but not before the first has taken longer than nine in ten do. `null` when the policy has no
 * hedge, or nobody is left to hedge with.
 */
export function hedgeTime(job: Job, attempt: Attempt, now: number, policy: Policy): number | null {
  if (!policy.hedge.enabled || attempt.hedge) return null;
  const next = attempt.decision.decision.ranked[1];
  if (next === undefined) return null;
  const p90Ms = attempt.typical.p90Seconds * 1_000;
  const latestMs = job.deadlineAt - now - next.p90Seconds * p99OverP90 * safety * 1_000;
  return Math.round(now + Math.max(p90Ms, Math.min(p90Ms * p99OverP90, latestMs)));
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
