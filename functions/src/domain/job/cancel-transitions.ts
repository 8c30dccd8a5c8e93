import { replaceAttempt, unchanged } from "./changes.js";
import type { Transition } from "./event.js";
import { findAttempt, isTerminal, type Job, openStart } from "./job.js";
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

export function cancelAnswered(job: Job, number: number, confirmed: boolean): Transition | null {
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
export function settleCancellation(job: Job): Job {
  if (job.cancellation?.outcome !== "requested") return job;
  const open =
    job.outbox.some((effect) => effect.type === "cancel_operation") || openStart(job) !== undefined;
  return open ? job : { ...job, cancellation: { ...job.cancellation, outcome: "confirmed" } };
}
