import type { LedgerEntry } from "../accounting/credits.js";
import { type ErrorCode, errorPolicy, isAboutRequest, toPublicError } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import { retryDelayMs } from "./backoff.js";
import type { Transition } from "./event.js";
import {
  type Attempt,
  type Effect,
  isTerminal,
  type Job,
  type JobStatus,
  paidAttempts,
  watchedAttempts,
} from "./job.js";
import { percentAt } from "./progress.js";
import { isOutage, mayTryAgain, outageUntil } from "./tried-models.js";

/** A transition that brings neither money nor observations. */
export function jobOnly(job: Job): Transition {
  return { job, ledger: [], observations: [] };
}

export function replaceAttempt(job: Job, attempt: Attempt): Job {
  return {
    ...job,
    attempts: job.attempts.map((other) => (other.number === attempt.number ? attempt : other)),
  };
}

/** Enters a status; the progress never falls back to where the status begins. */
export function withStatus(job: Job, status: JobStatus): Job {
  // A composite job goes by its steps.
  if (job.composition !== undefined) return { ...job, status };
  return { ...job, status, progressPercent: Math.max(job.progressPercent, percentAt(status)) };
}

export function cancelEffect(job: Job, attempt: Attempt): Effect {
  return { id: `${job.id}:cancel:${attempt.number}`, type: "cancel_operation", attempt: attempt.number };
}

/** Ends a job: settles its credits, stops what still runs, and owes a notification. */
export function finish(
  job: Job,
  status: "completed" | "failed" | "cancelled",
  now: number,
  code?: ErrorCode,
  charged = 0,
  /** Stays held until it is known what a provider keeps. */
  kept = 0,
): Transition {
  const running = watchedAttempts(job);
  let ended = job;
  for (const attempt of running) {
    ended = replaceAttempt(ended, { ...attempt, state: "given_up", failure: attempt.failure ?? null });
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
    outbox: [...job.outbox, ...cancels, ...partsToStop(job, status), ...endEffects(job)],
    heldCredits: kept,
    chargedCredits: job.chargedCredits + charged,
  };
  return { job: ended, ledger: settlement(job, charged, kept, now), observations: [] };
}

/** Parts that may be open when their whole ends, or a picture that has to go with a cancelled scene. */
function partsToStop(job: Job, status: JobStatus): Effect[] {
  const plan = job.composition?.plan;
  const isPictured = status === "cancelled" && plan?.type === "scene";
  const mayBeOpen = plan !== undefined && (job.status === "generating" || isPictured);
  return mayBeOpen && status !== "completed" ? [{ id: `${job.id}:stop_parts`, type: "stop_parts" }] : [];
}

/** Who has to hear that it ended. */
function endEffects(job: Job): Effect[] {
  if (job.partOf !== undefined) return [{ id: `${job.id}:part_ended`, type: "part_ended" }];
  const owner: Effect = { id: `${job.id}:notify`, type: "notify" };
  return job.batch === undefined ? [owner] : [owner, { id: `${job.id}:tell_batch`, type: "tell_batch" }];
}

/** A finished generation that a job ends without is paid for in vain. */
function asWasted(attempt: Attempt): Attempt {
  return attempt.state === "succeeded" ? { ...attempt, wasted: true } : attempt;
}

/** Captures what the end of the job charges, releases the rest of what it holds. */
function settlement(job: Job, charged: number, kept: number, now: number): LedgerEntry[] {
  const entry = (type: "capture" | "release", credits: number): LedgerEntry => ({
    id: `${job.id}:${type}`,
    uid: job.uid,
    type,
    credits,
    jobId: job.id,
    at: now,
    note: type === "capture" ? "video stored" : "not used",
  });
  const rest = job.heldCredits - charged - kept;
  return [...(charged > 0 ? [entry("capture", charged)] : []), ...(rest > 0 ? [entry("release", rest)] : [])];
}

/** Refusals of one job, whatever they are: each is kept with its decision. The most that a policy may allow. */
const mostRefusals = 30;

/** An attempt is lost: the same model once more, the next candidate, or the end of the job. */
export function afterFailure(job: Job, attempt: Attempt, now: number, policy: Policy): Transition {
  const code = attempt.failure?.code ?? "unknown";
  const { provider, model } = attempt;
  const observations = [{ provider, model, outcome: { ok: false, code } }] as const;
  const recorded = { ...jobOnly(job), observations };
  if (isTerminal(job) || job.status === "storing") return recorded;
  if (job.attempts.some((other) => other.state === "running")) return recorded;
  const verdict = verdictOnRequest(job) ?? code;
  const { tryNext } = errorPolicy(verdict);
  // Where another provider could have helped it is the time that is missing.
  if (tryNext && now >= job.deadlineAt)
    return { ...finish(job, "failed", now, "deadline_exceeded"), observations };
  const refusals = job.attempts.length - paidAttempts(job);
  const outOfAttempts = paidAttempts(job) >= policy.limits.maxAttempts;
  const until = outageUntil(job);
  if (tryNext && !outOfAttempts && refusals >= policy.limits.maxRefusals && refusals < mostRefusals) {
    // Everybody is out of service: that is waited out, as far as the deadline goes.
    if (until !== null && isOutage(verdict)) {
      const dueAt = Math.min(Math.max(until, now), job.deadlineAt);
      const next = { step: "start", dueAt, waitsFor: "provider" } as const;
      return { ...jobOnly({ ...withStatus(job, "queued"), next }), observations };
    }
  }
  const exhausted = outOfAttempts || refusals >= policy.limits.maxRefusals;
  if (!tryNext || exhausted) {
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
