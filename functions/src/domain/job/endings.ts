import type { Failure } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import type { EventOf, Transition } from "./event.js";
import { type Attempt, findAttempt, isTerminal, type Job, watchedAttempts } from "./job.js";
import { afterFailure, jobOnly, replaceAttempt, withStatus } from "./outcome.js";
import { lastPollAt } from "./poll.js";
import { withoutPrompt } from "./vendor-failure.js";

export function operationEnded(
  job: Job,
  event: EventOf<"operation_ended">,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (attempt === undefined || attempt.operation === null) return null;
  const isAwaited = attempt.state === "running";
  if (!isAwaited && attempt.state !== "given_up" && attempt.state !== "lost") return null;
  const { status } = event;
  const cost = "costUsdMicros" in status ? status.costUsdMicros : undefined;
  const ended: Attempt = { ...attempt, endedAt: now, costUsdMicros: cost ?? attempt.costUsdMicros };
  if (status.status === "succeeded") return succeeded(job, ended, now);
  // A vendor that no longer knows it, or says that it was stopped, says nothing of its bill.
  const wasted = cost === undefined ? status.status !== "failed" : cost > 0;
  if (!isAwaited) {
    const state = status.status === "cancelled" ? "cancelled" : "failed";
    const failure = status.status === "failed" ? failureOf(status, attempt) : attempt.failure;
    return jobOnly(replaceAttempt(job, { ...ended, state, wasted, failure }));
  }
  const failed: Attempt = { ...ended, state: "failed", failure: failureOf(status, attempt), wasted };
  return afterFailure(replaceAttempt(job, failed), failed, now, policy);
}

/** Also the late success of an attempt that was given up: kept, and used while the job still needs one. */
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

export function timedOut(
  job: Job,
  event: EventOf<"attempt_timed_out">,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (attempt?.state !== "running" || job.status !== "generating" || now < attempt.timeoutAt) return null;
  const givenUp: Attempt = { ...attempt, state: "given_up", failure: { code: "timeout" } };
  return afterFailure(replaceAttempt(job, givenUp), givenUp, now, policy);
}

/**
 * Nobody waits for this attempt any more, but it may have been paid. When it has been asked for long
 * enough it counts as paid in vain; its bill stays unknown, so that no price is compared with it.
 * Before that only the time of the sweeper's next look changes. A result that still comes is recorded.
 */
export function lateResultDue(
  job: Job,
  { attempt: number }: EventOf<"late_result_due">,
  now: number,
): Transition | null {
  const attempt = watchedAttempts(job).find((watched) => watched.number === number);
  if (attempt?.state !== "given_up") return null;
  if (now >= lastPollAt(attempt.timeoutAt, job.deadlineAt)) {
    return jobOnly(replaceAttempt(job, { ...attempt, state: "lost", endedAt: now, wasted: true }));
  }
  // While an effect is owed the sweeper comes anyway.
  const isLook = isTerminal(job) && job.outbox.length === 0 && job.checkAt !== null && now >= job.checkAt;
  return isLook ? jobOnly(job) : null;
}

function failureOf(status: EventOf<"operation_ended">["status"], { plan }: Attempt): Failure {
  if (status.status === "failed") return withoutPrompt(status.failure, plan);
  return { code: status.status === "missing" ? "expired" : "processing_failed", providerCode: status.status };
}
