import { p99Of } from "../health/stats.js";
import type { Policy } from "../policy/policy.js";
import type { Attempt, Job } from "./job.js";

/** Room for the next one to be stored as well. */
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
