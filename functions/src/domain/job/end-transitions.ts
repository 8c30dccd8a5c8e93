import type { Failure } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import { retryDelayMs } from "./backoff.js";
import { jobOnly, replaceAttempt, withStatus } from "./changes.js";
import type { JobEvent, Transition } from "./event.js";
import { type Attempt, findAttempt, type Job, type Output } from "./job.js";
import { afterFailure, finish } from "./outcome.js";
import { isTriedAgain, troubleAfter } from "./store-patience.js";

export function operationEnded(
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
  // A vendor that no longer knows it, or says that it was stopped, says nothing of its bill.
  const wasted = cost === undefined ? status.status !== "failed" : cost > 0;
  if (attempt.state === "abandoned") {
    const state = status.status === "cancelled" ? "cancelled" : "failed";
    const failure = status.status === "failed" ? status.failure : attempt.failure;
    return jobOnly(replaceAttempt(job, { ...ended, state, wasted, failure }));
  }
  const failed: Attempt = { ...ended, state: "failed", failure: failureOf(status), wasted };
  return afterFailure(replaceAttempt(job, failed), failed, now, policy);
}

/** Also the late success of an abandoned attempt: kept, and used while the job still needs one. */
function succeeded(job: Job, attempt: Attempt, now: number): Transition {
  const needed = job.status === "queued" || job.status === "generating";
  const done = replaceAttempt(job, {
    ...attempt,
    state: "succeeded",
    wasted: !needed,
    failure: needed ? null : attempt.failure,
  });
  if (!needed) return jobOnly(done);
  const next = { step: "store", dueAt: now, attempt: attempt.number } as const;
  return jobOnly({ ...withStatus(done, "storing"), next });
}

export function timedOut(job: Job, number: number, now: number, policy: Policy): Transition | null {
  const attempt = findAttempt(job, number);
  if (attempt?.state !== "running" || job.status !== "generating" || now < attempt.timeoutAt) return null;
  const abandoned: Attempt = { ...attempt, state: "abandoned", failure: { code: "timeout" } };
  return afterFailure(replaceAttempt(job, abandoned), abandoned, now, policy);
}

export function stored(
  job: Job,
  number: number,
  output: Output,
  credits: number,
  now: number,
): Transition | null {
  const attempt = findAttempt(job, number);
  if (job.status !== "storing" || attempt?.state !== "succeeded") return null;
  if (job.next?.step !== "store" || job.next.attempt !== number) return null;
  const seconds = ((attempt.endedAt ?? now) - (attempt.acceptedAt ?? attempt.createdAt)) / 1_000;
  const { provider, model } = attempt;
  // The hold is the most that the owner can be charged.
  const charged = Math.min(credits, job.heldCredits);
  const done = finish({ ...job, output }, "completed", now, undefined, charged);
  // Its parts have told what there was to learn.
  if (attempt.composite !== undefined) return done;
  return { ...done, observations: [{ provider, model, outcome: { ok: true, seconds } }] };
}

export function storeFailed(
  job: Job,
  event: Extract<JobEvent, { type: "store_failed" }>,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (job.status !== "storing" || attempt?.state !== "succeeded") return null;
  if (job.next?.step !== "store" || job.next.attempt !== event.attempt) return null;
  const storeTries = attempt.storeTries + 1;
  const storeTrouble = troubleAfter(attempt.storeTrouble, event.obstacle, now);
  const tried: Attempt = { ...attempt, storeTries, storeTrouble };
  if (isTriedAgain(job, tried, storeTrouble, now, policy)) {
    const dueAt = now + retryDelayMs(`${attempt.idempotencyKey}:store`, storeTries);
    return jobOnly({
      ...replaceAttempt(job, tried),
      next: { step: "store", dueAt, attempt: attempt.number },
    });
  }
  const { code, reason } = event;
  const failure: Failure = { code, ...(reason === undefined ? {} : { detail: reason.slice(0, 300) }) };
  const failed: Attempt = { ...tried, state: "failed", failure, wasted: true };
  const without = replaceAttempt(job, failed);
  const spare = spareOf(without);
  if (spare !== undefined) {
    const used = replaceAttempt(without, { ...spare, wasted: false, failure: null });
    const next = { step: "store", dueAt: now, attempt: spare.number } as const;
    return afterFailure({ ...used, next }, failed, now, policy);
  }
  // The file is of no use, so the job stands where it stood before this attempt succeeded.
  return afterFailure({ ...without, status: "generating", next: null }, failed, now, policy);
}

/** A generation that finished while another one was stored: it is paid for, so it comes before any new one. */
function spareOf(job: Job): Attempt | undefined {
  return job.attempts.find(({ state, wasted }) => state === "succeeded" && wasted);
}

function failureOf(status: Extract<JobEvent, { type: "operation_ended" }>["status"]): Failure {
  if (status.status === "failed") return status.failure;
  return { code: status.status === "missing" ? "expired" : "processing_failed", providerCode: status.status };
}
