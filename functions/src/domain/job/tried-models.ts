import { type ErrorCode, errorPolicy } from "../errors.js";
import type { Attempt, Job } from "./job.js";

/** Models that this job should not be given again. One that is at its limit only has to cool down. */
export function exhaustedModels(job: Job): string[] {
  const lost = job.attempts.filter(
    (attempt) => hasComeToNothing(attempt) && !isRateLimited(attempt) && !mayTryAgain(job, attempt),
  );
  return [...new Set(lost.map((attempt) => attempt.model))];
}

/**
 * Of the exhausted models those that took the job, and lost it in a way that the next time need not:
 * whom to ask, once more, when nobody else is left.
 */
export function secondChances(job: Job): string[] {
  return exhaustedModels(job).filter((model) => {
    const [only, ...more] = job.attempts.filter((attempt) => attempt.model === model);
    if (only?.acceptedAt == null || more.length > 0) return false;
    return errorPolicy(only.failure?.code ?? "unknown").retryable;
  });
}

/** Refusals that tell of an outage: the provider is in trouble, and the same start may do later. */
export function isOutage(code: ErrorCode): boolean {
  const { fault, retryable, tryNext } = errorPolicy(code);
  return fault === "provider" && retryable && tryNext;
}

function outageRefusals(job: Job): readonly Attempt[] {
  return job.attempts.filter(
    ({ state, acceptedAt, failure }) =>
      state === "failed" && acceptedAt === null && isOutage(failure?.code ?? "unknown"),
  );
}

/** Exhausted models that never took the job, because they or their providers were out of service. */
export function modelsOutOfService(job: Job): string[] {
  const turnedAway = new Set(outageRefusals(job).map(({ model }) => model));
  const others = job.attempts.filter((attempt) => !outageRefusals(job).includes(attempt));
  return exhaustedModels(job).filter(
    (model) => turnedAway.has(model) && !others.some((attempt) => attempt.model === model),
  );
}

const shortestOutageMs = 30_000;

/**
 * When a job that everybody turned away may ask again; `null` when nobody did. It waits as long as the
 * outage has lasted so far, so few starts cover a long one.
 */
export function outageUntil(job: Job): number | null {
  const refusals = outageRefusals(job);
  const since = refusals[0]?.createdAt;
  const last = refusals.at(-1)?.endedAt;
  if (since === undefined || last == null) return null;
  return last + Math.max(shortestOutageMs, last - since);
}

/** Has a provider refused to take the job? Then not everybody has tried to make it. */
export function wasTurnedAway(job: Job): boolean {
  return job.attempts.some(({ state, acceptedAt }) => state === "failed" && acceptedAt === null);
}

/** A vendor that is at its limit and does not say for how long. */
const coolDownMs = 30_000;

/** Models whose vendor turned this job away, and asked for more patience than has passed. */
export function coolingModels(job: Job, now: number): string[] {
  return job.attempts
    .filter((attempt) => isCooling(job, attempt) && coolTime(attempt) > now)
    .map((attempt) => attempt.model);
}

/** When the first of them may be asked again; `null` when none is cooling down. */
export function coolUntil(job: Job, now: number): number | null {
  const times = job.attempts
    .filter((attempt) => isCooling(job, attempt))
    .map(coolTime)
    .filter((time) => time > now);
  return times.length === 0 ? null : Math.min(...times);
}

function isRateLimited(attempt: Attempt): boolean {
  return (
    attempt.state === "failed" && attempt.acceptedAt === null && attempt.failure?.code === "rate_limited"
  );
}

/** At its limit, or turned away with a time to come back, which it may. */
function isCooling(job: Job, attempt: Attempt): boolean {
  if (isRateLimited(attempt)) return true;
  return attempt.failure?.retryAfterMs !== undefined && mayTryAgain(job, attempt);
}

function coolTime(attempt: Attempt): number {
  return (attempt.endedAt ?? attempt.createdAt) + (attempt.failure?.retryAfterMs ?? coolDownMs);
}

/** Has the job gone on without it? */
function hasComeToNothing({ state }: Attempt): boolean {
  return ["failed", "given_up", "lost", "unanswered", "written_off"].includes(state);
}

/** Was this the latest start, turned away for certain, and does its reason allow another? */
export function mayTryAgain(job: Job, attempt: Attempt): boolean {
  if (attempt.state !== "failed" || attempt.acceptedAt !== null) return false;
  const code = attempt.failure?.code ?? "unknown";
  const inRow = refusalsInRow(job, attempt.model, code);
  return inRow > 0 && inRow < errorPolicy(code).startTries;
}

/** Definite refusals with this code at the end of the list, for the same model. */
function refusalsInRow(job: Job, model: string, code: ErrorCode): number {
  let count = 0;
  for (const attempt of [...job.attempts].reverse()) {
    if (attempt.model !== model || attempt.acceptedAt !== null || attempt.failure?.code !== code) break;
    count += 1;
  }
  return count;
}
