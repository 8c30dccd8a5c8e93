import { p99Of } from "../health/stats.js";
import type { Policy } from "../policy/policy.js";
import { type Attempt, type Job, openStart, paidAttempts } from "./job.js";

/** Room for the second attempt to be stored as well. */
const safety = 1.05;

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

/**
 * Never beside an unanswered start, never twice, within the attempts that a job may pay for, and not
 * beside the parts of a composite job: those hedge by themselves.
 */
export function mayHedge(job: Job, policy: Policy): boolean {
  return (
    policy.hedge.enabled &&
    job.status === "generating" &&
    openStart(job) === undefined &&
    job.attempts.filter((attempt) => attempt.state === "running").length === 1 &&
    !job.attempts.some((attempt) => attempt.hedge || attempt.composite !== undefined) &&
    paidAttempts(job) < policy.limits.maxAttempts
  );
}
