import { retryDelayMs } from "./backoff.js";
import type { ErrorCode, Failure } from "./errors.js";
import {
  type Attempt,
  findAttempt,
  isTerminal,
  type Job,
  type NextStep,
  type Output,
  openStart,
} from "./job.js";
import type { JobEvent, NewAttempt, Transition } from "./job-event.js";
import { afterFailure, finish } from "./job-outcome.js";
import { cancelEffect, checkTime, replaceAttempt, unchanged, withStatus } from "./job-step.js";
import type { Policy } from "./policy.js";
import { progressOf } from "./progress.js";

/** A start that carries a key is sent this often before it counts as unanswered for good. */
const maxSends = 4;

/**
 * The only writer of a job's status. Pure, so a database transaction may run it twice; `null` means
 * the event is late, repeated or out of place and changes nothing.
 */
export function transition(job: Job, event: JobEvent, now: number, policy: Policy): Transition | null {
  const step = decideStep(job, event, now, policy);
  if (step === null) return null;
  // What the user has seen is taken from before the step: afterwards nothing may run any more.
  const progressPercent = Math.max(step.job.progressPercent, progressOf(job, now).percent);
  const next: Job = { ...step.job, progressPercent, version: job.version + 1, updatedAt: now };
  return { ...step, job: { ...next, checkAt: checkTime(next, now) } };
}

function decideStep(job: Job, event: JobEvent, now: number, policy: Policy): Transition | null {
  switch (event.type) {
    case "start_claimed":
      return startClaimed(job, event.attempt, event.leaseUntil, now);
    case "start_resent":
      return startResent(job, event.attempt, event.leaseUntil, now);
    case "start_accepted":
      return startAccepted(job, event, now, policy);
    case "start_refused":
      return startRefused(job, event.attempt, event.failure, now, policy);
    case "start_unanswered":
      return startUnanswered(job, event, now, policy);
    case "ambiguity_expired":
      return ambiguityExpired(job, event.attempt, now, policy);
    case "start_postponed":
      if (job.status !== "queued" || openStart(job) !== undefined) return null;
      return unchanged({ ...job, next: { step: "start", dueAt: event.until } });
    case "start_impossible":
      if (job.status !== "queued" || openStart(job) !== undefined) return null;
      return finish(job, "failed", now, lastFailure(job) ?? "no_candidate");
    case "operation_ended":
      return operationEnded(job, event, now, policy);
    case "attempt_timed_out":
      return timedOut(job, event.attempt, now, policy);
    case "deadline_passed":
      if (isTerminal(job) || job.status === "storing" || now < job.deadlineAt) return null;
      return finish(job, "failed", now, "deadline_exceeded");
    case "stored":
      return stored(job, event.attempt, event.output, event.credits, now);
    case "store_failed":
      return storeFailed(job, event, now, policy);
    case "cancel_requested":
      return cancelRequested(job, event.by, now);
    case "cancel_answered":
      return cancelAnswered(job, event.attempt, event.confirmed);
    case "effects_delivered": {
      const outbox = job.outbox.filter((effect) => !event.ids.includes(effect.id));
      return outbox.length === job.outbox.length ? null : unchanged({ ...job, outbox });
    }
  }
}

function startClaimed(job: Job, fresh: NewAttempt, leaseUntil: number, now: number): Transition | null {
  if (job.status !== "queued" || openStart(job) !== undefined) return null;
  if (fresh.number !== job.attempts.length + 1) return null;
  const attempt: Attempt = {
    ...fresh,
    state: "starting",
    leaseUntil,
    sends: 1,
    operation: null,
    createdAt: now,
    acceptedAt: null,
    endedAt: null,
    timeoutAt: job.deadlineAt,
    costUsdMicros: null,
    wasted: false,
    failure: null,
    storeTries: 0,
  };
  return unchanged({
    ...job,
    attempts: [...job.attempts, attempt],
    next: { step: "start", dueAt: leaseUntil },
  });
}

function startResent(job: Job, number: number, leaseUntil: number, now: number): Transition | null {
  const attempt = findAttempt(job, number);
  // A job that was cancelled in between is not paid for, and one instance alone takes over a lease.
  if (job.status !== "queued" || attempt?.state !== "starting" || now < attempt.leaseUntil) return null;
  const sends = attempt.sends + 1;
  return unchanged({
    ...replaceAttempt(job, { ...attempt, sends, leaseUntil }),
    next: { step: "start", dueAt: leaseUntil },
  });
}

function startAccepted(
  job: Job,
  event: Extract<JobEvent, { type: "start_accepted" }>,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (attempt === undefined || attempt.operation !== null) return null;
  if (attempt.state === "failed" || attempt.state === "cancelled") return null;
  const accepted: Attempt = {
    ...attempt,
    operation: event.operation,
    acceptedAt: now,
    timeoutAt: now + attempt.typical.p90Seconds * policy.limits.timeoutFactor * 1_000,
    estimatedCostUsdMicros: event.estimatedCostUsdMicros ?? attempt.estimatedCostUsdMicros,
  };
  if (job.status === "queued" && attempt.state !== "abandoned") {
    const running = replaceAttempt(job, { ...accepted, state: "running" });
    return unchanged(withStatus({ ...running, next: null }, "generating"));
  }
  // The job has moved on without it: late, cancelled, or another attempt was faster.
  const late = replaceAttempt(job, { ...accepted, state: "abandoned" });
  const needed = !isTerminal(job) && job.status !== "storing";
  return unchanged(needed ? late : { ...late, outbox: [...late.outbox, cancelEffect(job, accepted)] });
}

function startRefused(
  job: Job,
  number: number,
  failure: Failure,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, number);
  if (attempt === undefined || attempt.operation !== null) return null;
  if (attempt.state !== "starting" && attempt.state !== "ambiguous") return null;
  if (attempt.sends > 1 && !refusesAnyCopy(failure)) {
    return startUnanswered(job, { type: "start_unanswered", attempt: number, resendable: true }, now, policy);
  }
  const failed: Attempt = { ...attempt, state: "failed", failure, endedAt: now, costUsdMicros: 0 };
  return afterFailure(settleCancellation(replaceAttempt(job, failed)), failed, now, policy);
}

/** The refusals that every copy of a start gets; others say nothing about an earlier, unanswered copy. */
function refusesAnyCopy(failure: Failure): boolean {
  return failure.code === "invalid_request" || failure.code === "content_blocked";
}

function startUnanswered(
  job: Job,
  event: Extract<JobEvent, { type: "start_unanswered" }>,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (attempt?.state !== "starting") return null;
  if (event.resendable && attempt.sends < maxSends) {
    const dueAt = now + retryDelayMs(attempt.idempotencyKey, attempt.sends);
    return unchanged({
      ...replaceAttempt(job, { ...attempt, leaseUntil: now }),
      next: nextStart(job, dueAt),
    });
  }
  const { action, waitSeconds } = policy.ambiguous;
  const dueAt = action === "failOver" ? now : now + waitSeconds * 1_000;
  return unchanged({
    ...replaceAttempt(job, { ...attempt, state: "ambiguous", leaseUntil: dueAt }),
    next: nextStart(job, dueAt),
  });
}

/** A job that has ended, or that stores the late result of another attempt, has other steps. */
function nextStart(job: Job, dueAt: number): NextStep | null {
  return job.status === "queued" ? { step: "start", dueAt } : job.next;
}

/** The wait is over: another provider is paid, and that this may be the second time is on record. */
function ambiguityExpired(job: Job, number: number, now: number, policy: Policy): Transition | null {
  const attempt = findAttempt(job, number);
  if (attempt?.state !== "ambiguous" || now < attempt.leaseUntil) return null;
  const abandoned: Attempt = {
    ...attempt,
    state: "abandoned",
    wasted: true,
    failure: { code: "ambiguous_start" },
    endedAt: now,
  };
  return afterFailure(replaceAttempt(job, abandoned), abandoned, now, policy);
}

function operationEnded(
  job: Job,
  event: Extract<JobEvent, { type: "operation_ended" }>,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (attempt === undefined || attempt.operation === null) return null;
  if (attempt.state !== "running" && attempt.state !== "abandoned") return null;
  const { status } = event;
  const cost = "costUsdMicros" in status ? status.costUsdMicros : undefined;
  const ended: Attempt = { ...attempt, endedAt: now, costUsdMicros: cost ?? attempt.costUsdMicros };
  if (status.status === "succeeded") return succeeded(job, ended, now);
  if (attempt.state === "abandoned") {
    const state = status.status === "cancelled" ? "cancelled" : "failed";
    return unchanged(replaceAttempt(job, { ...ended, state, wasted: (cost ?? 0) > 0 }));
  }
  const failed: Attempt = { ...ended, state: "failed", failure: failureOf(status), wasted: (cost ?? 0) > 0 };
  return afterFailure(replaceAttempt(job, failed), failed, now, policy);
}

/** Also the late success of an abandoned attempt: kept, and used while the job still needs one. */
function succeeded(job: Job, attempt: Attempt, now: number): Transition {
  const needed = job.status === "queued" || job.status === "generating";
  const costUsdMicros = attempt.costUsdMicros ?? attempt.estimatedCostUsdMicros;
  const done = replaceAttempt(job, {
    ...attempt,
    state: "succeeded",
    costUsdMicros,
    wasted: !needed,
    failure: needed ? null : attempt.failure,
  });
  if (!needed) return unchanged(done);
  const next = { step: "store", dueAt: now, attempt: attempt.number } as const;
  return unchanged({ ...withStatus(done, "storing"), next });
}

function timedOut(job: Job, number: number, now: number, policy: Policy): Transition | null {
  const attempt = findAttempt(job, number);
  if (attempt?.state !== "running" || job.status !== "generating" || now < attempt.timeoutAt) return null;
  const abandoned: Attempt = { ...attempt, state: "abandoned", failure: { code: "timeout" } };
  return afterFailure(replaceAttempt(job, abandoned), abandoned, now, policy);
}

function stored(job: Job, number: number, output: Output, credits: number, now: number): Transition | null {
  const attempt = findAttempt(job, number);
  if (job.status !== "storing" || attempt?.state !== "succeeded") return null;
  if (job.next?.step !== "store" || job.next.attempt !== number) return null;
  const seconds = ((attempt.endedAt ?? now) - (attempt.acceptedAt ?? attempt.createdAt)) / 1_000;
  const { provider, model } = attempt;
  // The hold is the most that the owner can be charged.
  const chargedCredits = Math.min(credits, job.heldCredits);
  const done = finish({ ...job, output, chargedCredits }, "completed", now);
  return { ...done, observations: [{ provider, model, outcome: { ok: true, seconds } }] };
}

function storeFailed(
  job: Job,
  event: Extract<JobEvent, { type: "store_failed" }>,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (job.status !== "storing" || attempt?.state !== "succeeded") return null;
  if (job.next?.step !== "store" || job.next.attempt !== event.attempt) return null;
  const storeTries = attempt.storeTries + 1;
  if (event.retry && storeTries < policy.limits.storeTries) {
    const dueAt = now + retryDelayMs(`${attempt.idempotencyKey}:store`, storeTries);
    return unchanged({
      ...replaceAttempt(job, { ...attempt, storeTries }),
      next: { step: "store", dueAt, attempt: attempt.number },
    });
  }
  const failure: Failure = { code: event.code };
  const failed: Attempt = { ...attempt, state: "failed", storeTries, failure, wasted: true };
  // The file is of no use, so the job stands where it stood before this attempt succeeded.
  const before: Job = { ...replaceAttempt(job, failed), status: "generating", next: null };
  return afterFailure(before, failed, now, policy);
}

function cancelRequested(job: Job, by: "owner" | "admin", now: number): Transition | null {
  if (isTerminal(job)) return null;
  const cancelled = finish(job, "cancelled", now, "cancelled");
  const open = cancelled.job.outbox.some((effect) => effect.type === "cancel_operation");
  const unanswered = openStart(job) !== undefined;
  return {
    ...cancelled,
    job: {
      ...cancelled.job,
      cancellation: {
        requestedAt: now,
        by,
        outcome: open || unanswered ? "requested" : "confirmed",
        refundedCredits: job.heldCredits,
      },
    },
  };
}

function cancelAnswered(job: Job, number: number, confirmed: boolean): Transition | null {
  const attempt = findAttempt(job, number);
  const effect = job.outbox.find((entry) => entry.type === "cancel_operation" && entry.attempt === number);
  if (attempt === undefined || effect === undefined) return null;
  const outbox = job.outbox.filter((entry) => entry !== effect);
  const state = confirmed && attempt.state === "abandoned" ? "cancelled" : attempt.state;
  const next = replaceAttempt({ ...job, outbox }, { ...attempt, state });
  if (confirmed || next.cancellation === null) return unchanged(settleCancellation(next));
  return unchanged({ ...next, cancellation: { ...next.cancellation, outcome: "unconfirmed" } });
}

/** A cancellation is confirmed when nothing is left that a provider could still be doing. */
function settleCancellation(job: Job): Job {
  if (job.cancellation?.outcome !== "requested") return job;
  const open =
    job.outbox.some((effect) => effect.type === "cancel_operation") || openStart(job) !== undefined;
  return open ? job : { ...job, cancellation: { ...job.cancellation, outcome: "confirmed" } };
}

function failureOf(status: Extract<JobEvent, { type: "operation_ended" }>["status"]): Failure {
  if (status.status === "failed") return status.failure;
  return { code: status.status === "missing" ? "expired" : "processing_failed", providerCode: status.status };
}

function lastFailure(job: Job): ErrorCode | undefined {
  return job.attempts.at(-1)?.failure?.code;
}
