import type { Policy } from "../policy/policy.js";
import type { CancelResult } from "../provider/provider.js";
import { jobOnly, replaceAttempt } from "./changes.js";
import { operationEnded } from "./end-transitions.js";
import type { JobEvent, Transition } from "./event.js";
import { type Attempt, findAttempt, isTerminal, type Job, openStart } from "./job.js";
import { finish } from "./outcome.js";

export function cancelRequested(job: Job, by: "owner" | "admin", now: number): Transition | null {
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

export function cancelAnswered(
  job: Job,
  event: Extract<JobEvent, { type: "cancel_answered" }>,
  now: number,
  policy: Policy,
): Transition | null {
  const { attempt: number, result, refund } = event;
  const attempt = findAttempt(job, number);
  const effect = job.outbox.find((entry) => entry.type === "cancel_operation" && entry.attempt === number);
  if (attempt === undefined || effect === undefined) return null;
  const asked: Attempt = { ...attempt, cancelRefund: refund };
  const outbox = job.outbox.filter((entry) => entry !== effect);
  const answered = replaceAttempt({ ...job, outbox }, asked);
  const step = afterAnswer(answered, asked, result, now, policy);
  return { ...step, job: withOutcome(step.job, number, result) };
}

function afterAnswer(
  job: Job,
  attempt: Attempt,
  result: CancelResult,
  now: number,
  policy: Policy,
): Transition {
  if (result.status === "already_ended") {
    const event = { type: "operation_ended", attempt: attempt.number, status: result.ended } as const;
    return operationEnded(job, event, now, policy) ?? jobOnly(job);
  }
  const isStopped = result.status === "confirmed" && attempt.state === "abandoned";
  return jobOnly(isStopped ? replaceAttempt(job, stopped(attempt, now)) : job);
}

/** No vendor tells the bill of a generation that it has stopped: its policy says what that counts as. */
function stopped(attempt: Attempt, now: number): Attempt {
  const ended: Attempt = { ...attempt, state: "cancelled", endedAt: now };
  return attempt.cancelRefund === "full"
    ? { ...ended, costUsdMicros: 0, wasted: false }
    : { ...ended, wasted: true };
}

/** A generation that has succeeded was not stopped, whatever the provider says of it since. */
function withOutcome(job: Job, number: number, result: CancelResult): Job {
  if (job.cancellation === null) return job;
  const state = findAttempt(job, number)?.state;
  if (state === "cancelled" || (result.status === "confirmed" && state !== "succeeded")) {
    return settleCancellation(job);
  }
  return { ...job, cancellation: { ...job.cancellation, outcome: "unconfirmed" } };
}

/** A cancellation is confirmed when nothing is left that a provider could still be doing. */
export function settleCancellation(job: Job): Job {
  if (job.cancellation?.outcome !== "requested") return job;
  const open =
    job.outbox.some((effect) => effect.type === "cancel_operation") || openStart(job) !== undefined;
  return open ? job : { ...job, cancellation: { ...job.cancellation, outcome: "confirmed" } };
}
