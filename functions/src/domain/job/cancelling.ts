import type { Policy } from "../policy/policy.js";
import type { CancelResult } from "../provider/provider.js";
import { operationEnded } from "./endings.js";
import type { EventOf, Transition } from "./event.js";
import { type Attempt, findAttempt, isTerminal, type Job, openStart } from "./job.js";
import { finish, jobOnly, replaceAttempt } from "./outcome.js";

export function cancelRequested(
  job: Job,
  { by }: EventOf<"cancel_requested">,
  now: number,
): Transition | null {
  if (isTerminal(job)) return null;
  const cancelled = finish(job, "cancelled", now, "cancelled");
  return {
    ...cancelled,
    job: {
      ...cancelled.job,
      cancellation: {
        requestedAt: now,
        by,
        outcome: isBeingStopped(cancelled.job) ? "requested" : "confirmed",
        refundedCredits: job.heldCredits,
      },
    },
  };
}

export function cancelAnswered(
  job: Job,
  event: EventOf<"cancel_answered">,
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
  const isGivenUp = attempt.state === "given_up" || attempt.state === "lost";
  const isStopped = result.status === "confirmed" && isGivenUp;
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
  if (job.cancellation?.outcome !== "requested" || isBeingStopped(job)) return job;
  return { ...job, cancellation: { ...job.cancellation, outcome: "confirmed" } };
}

function isBeingStopped(job: Job): boolean {
  const isAsked = job.outbox.some(({ type }) => type === "cancel_operation" || type === "stop_parts");
  return isAsked || openStart(job) !== undefined;
}
