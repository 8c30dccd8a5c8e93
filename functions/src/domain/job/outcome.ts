import type { LedgerEntry } from "../accounting/credits.js";
import { type ErrorCode, errorPolicy, isAboutRequest, toPublicError } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import { retryDelayMs } from "./backoff.js";
import { cancelEffect, jobOnly, replaceAttempt, withStatus } from "./changes.js";
import type { Transition } from "./event.js";
import {
  type Attempt,
  type Effect,
  isTerminal,
  type Job,
  paidAttempts,
  refusalsInRow,
  watchedAttempts,
} from "./job.js";

/** Ends a job: settles its credits, stops what still runs, and owes a notification. */
export function finish(
  job: Job,
  status: "completed" | "failed" | "cancelled",
  now: number,
  code?: ErrorCode,
  charged = 0,
): Transition {
  const running = watchedAttempts(job);
  let ended = job;
  for (const attempt of running) {
    ended = replaceAttempt(ended, { ...attempt, state: "abandoned", failure: attempt.failure ?? null });
  }
  if (status !== "completed") ended = { ...ended, attempts: ended.attempts.map(asWasted) };
  const cancels = running
    .map((attempt) => cancelEffect(job, attempt))
    .filter((cancel) => !job.outbox.some((effect) => effect.id === cancel.id));
  ended = {
    ...withStatus(ended, status),
    next: null,
    endedAt: now,
    error: code === undefined ? null : toPublicError(code),
    outbox: [...job.outbox, ...cancels, ...news(job)],
    heldCredits: 0,
    chargedCredits: job.chargedCredits + charged,
  };
  return { job: ended, ledger: settlement(job, charged, now), observations: [] };
}

/** Who has to hear that it ended. */
function news(job: Job): Effect[] {
  if (job.partOf !== undefined) return [{ id: `${job.id}:part_ended`, type: "part_ended" }];
  const owner: Effect = { id: `${job.id}:notify`, type: "notify" };
  return job.batch === undefined ? [owner] : [owner, { id: `${job.id}:tell_batch`, type: "tell_batch" }];
}

/** A finished generation that a job ends without is paid for in vain. */
function asWasted(attempt: Attempt): Attempt {
  return attempt.state === "succeeded" ? { ...attempt, wasted: true } : attempt;
}

/** Captures what the end of the job charges, releases the rest of what it holds. */
function settlement(job: Job, charged: number, now: number): LedgerEntry[] {
  const entry = (type: "capture" | "release", credits: number): LedgerEntry => ({
    id: `${job.id}:${type}`,
    uid: job.uid,
    type,
    credits,
    jobId: job.id,
    at: now,
    note: type === "capture" ? "video stored" : "not used",
  });
  const rest = job.heldCredits - charged;
  return [...(charged > 0 ? [entry("capture", charged)] : []), ...(rest > 0 ? [entry("release", rest)] : [])];
}

/** An attempt is lost: the same model once more, the next candidate, or the end of the job. */
export function afterFailure(job: Job, attempt: Attempt, now: number, policy: Policy): Transition {
  const code = attempt.failure?.code ?? "unknown";
  const { provider, model } = attempt;
  const blame = { provider, model, outcome: { ok: false, code } } as const;
  // The parts have told who is to blame, and have tried everybody else.
  const observations = attempt.composite === undefined ? [blame] : [];
  const recorded = { ...jobOnly(job), observations };
  if (isTerminal(job) || job.status === "storing") return recorded;
  if (job.attempts.some((other) => other.state === "running")) return recorded;
  const verdict = verdictOnRequest(job) ?? code;
  const { tryNext } = errorPolicy(verdict);
  // Where another provider could have helped it is the time that is missing.
  if (tryNext && now >= job.deadlineAt)
    return { ...finish(job, "failed", now, "deadline_exceeded"), observations };
  const refusals = job.attempts.length - paidAttempts(job);
  const exhausted = paidAttempts(job) >= policy.limits.maxAttempts || refusals >= policy.limits.maxRefusals;
  if (!tryNext || exhausted || attempt.composite !== undefined) {
    return { ...finish(job, "failed", now, verdict), observations };
  }
  const delayMs = mayTryAgain(job, attempt) ? retryDelayMs(job.id, job.attempts.length) : 0;
  const queued = withStatus(job, "queued");
  return { ...jobOnly({ ...queued, next: { step: "start", dueAt: now + delayMs } }), observations };
}

/** What one provider says of the content or of the request holds for all, whatever is lost beside it. */
function verdictOnRequest(job: Job): ErrorCode | undefined {
  const codes = job.attempts.flatMap(({ failure }) => failure?.code ?? []);
  return codes.find(isAboutRequest);
}

/** Models that this job should not be given again. One that is at its limit only has to cool down. */
export function exhaustedModels(job: Job): string[] {
  const lost = job.attempts.filter(
    (attempt) =>
      (attempt.state === "failed" || attempt.state === "abandoned") &&
      !isRateLimited(attempt) &&
      !mayTryAgain(job, attempt),
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

/** Has a provider refused to take the job? Then not everybody has tried to make it. */
export function wasTurnedAway(job: Job): boolean {
  return job.attempts.some(({ state, acceptedAt }) => state === "failed" && acceptedAt === null);
}

/** A vendor that is at its limit and does not say for how long. */
const coolDownMs = 30_000;

/** Models whose vendor said "too many" to this job, and asked for more patience than has passed. */
export function coolingModels(job: Job, now: number): string[] {
  return job.attempts
    .filter((attempt) => isRateLimited(attempt) && coolTime(attempt) > now)
    .map((attempt) => attempt.model);
}

/** When the first of them may be asked again; `null` when none is cooling down. */
export function coolUntil(job: Job, now: number): number | null {
  const times = job.attempts
    .filter(isRateLimited)
    .map(coolTime)
    .filter((time) => time > now);
  return times.length === 0 ? null : Math.min(...times);
}

function isRateLimited(attempt: Attempt): boolean {
  return (
    attempt.state === "failed" && attempt.acceptedAt === null && attempt.failure?.code === "rate_limited"
  );
}

function coolTime(attempt: Attempt): number {
  return (attempt.endedAt ?? attempt.createdAt) + (attempt.failure?.retryAfterMs ?? coolDownMs);
}

/** Was this the latest start, turned away for certain, and does its reason allow another? */
function mayTryAgain(job: Job, attempt: Attempt): boolean {
  if (attempt.state !== "failed" || attempt.acceptedAt !== null) return false;
  const code = attempt.failure?.code ?? "unknown";
  const inRow = refusalsInRow(job, attempt.model, code);
  return inRow > 0 && inRow < errorPolicy(code).startTries;
}
