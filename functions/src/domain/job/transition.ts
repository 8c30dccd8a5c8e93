import { budgetError } from "../accounting/budget.js";
import type { ErrorCode } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import { budgetLines } from "./budget-lines.js";
import { cancelAnswered, cancelRequested } from "./cancel-transitions.js";
import { checkTime, jobOnly } from "./changes.js";
import { progressed, withOwnSteps } from "./composite-transitions.js";
import { operationEnded, stored, storeFailed, timedOut } from "./end-transitions.js";
import type { JobEvent, Transition } from "./event.js";
import { isTerminal, type Job, openStart } from "./job.js";
import { lateResultDue } from "./late-results.js";
import { finish } from "./outcome.js";
import { progressOf } from "./progress.js";
import {
  ambiguityExpired,
  ambiguityResolved,
  startAccepted,
  startClaimed,
  startRefused,
  startResent,
  startUnanswered,
  startWithheld,
} from "./start-transitions.js";

/**
 * The only writer of a job's status. Pure, so a database transaction may run it twice; `null` means
 * the event is late, repeated or out of place and changes nothing.
 */
export function transition(job: Job, event: JobEvent, now: number, policy: Policy): Transition | null {
  const step = decideStep(job, event, now, policy);
  if (step === null) return null;
  // What the user has seen is taken from before the step: afterwards nothing may run any more.
  const composed = withOwnSteps(step.job, now);
  const reached = composed.composition?.steps.at(-1)?.percent ?? 0;
  const progressPercent = Math.max(composed.progressPercent, progressOf(job, now).percent, reached);
  const next: Job = { ...composed, progressPercent, version: job.version + 1, updatedAt: now };
  const budget = budgetLines(job, next, policy);
  return {
    ...step,
    job: { ...next, checkAt: checkTime(next, now) },
    ...(budget.length === 0 ? {} : { budget }),
  };
}

function decideStep(job: Job, event: JobEvent, now: number, policy: Policy): Transition | null {
  switch (event.type) {
    case "start_claimed":
      return startClaimed(job, event.attempt, event.leaseUntil, now, policy);
    case "start_resent":
      return startResent(job, event.attempt, event.leaseUntil, now);
    case "start_accepted":
      return startAccepted(job, event, now, policy);
    case "start_refused":
      return startRefused(job, event, now, policy);
    case "start_unanswered":
      return startUnanswered(job, event, now, policy);
    case "start_withheld":
      return startWithheld(job, event, now, policy);
    case "ambiguity_expired":
      return ambiguityExpired(job, event.attempt, now, policy);
    case "ambiguity_resolved":
      return ambiguityResolved(job, event, now, policy);
    case "start_postponed":
      if (job.status !== "queued" || openStart(job) !== undefined) return null;
      return jobOnly({ ...job, next: { step: "start", dueAt: event.until } });
    case "start_impossible":
      if (job.status !== "queued" || openStart(job) !== undefined) return null;
      return finish(job, "failed", now, lastFailure(job) ?? "no_candidate");
    case "budget_exhausted":
      return budgetExhausted(job, event, now);
    case "redriven":
      if (!isTerminal(job) || job.status === "completed") return null;
      if (job.redrives?.includes(event.jobId)) return null;
      return jobOnly({ ...job, redrives: [...(job.redrives ?? []), event.jobId] });
    case "operation_ended":
      return operationEnded(job, event, now, policy);
    case "progressed":
      return progressed(job, event, now);
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
      return cancelAnswered(job, event, now, policy);
    case "late_result_due":
      return lateResultDue(job, event.attempt, now);
    case "effects_delivered": {
      const outbox = job.outbox.filter((effect) => !event.ids.includes(effect.id));
      return outbox.length === job.outbox.length ? null : jobOnly({ ...job, outbox });
    }
  }
}

function budgetExhausted(
  job: Job,
  event: Extract<JobEvent, { type: "budget_exhausted" }>,
  now: number,
): Transition | null {
  if (job.status !== "queued" || openStart(job) !== undefined) return null;
  const failed = finish(job, "failed", now, "budget_exceeded");
  return { ...failed, job: { ...failed.job, error: budgetError(event.scope, event.resetAt) } };
}

function lastFailure(job: Job): ErrorCode | undefined {
  return job.attempts.at(-1)?.failure?.code;
}
