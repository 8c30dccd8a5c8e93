import { budgetError } from "../accounting/budget.js";
import type { Policy } from "../policy/policy.js";
import { budgetLines } from "./budget-lines.js";
import { cancelAnswered, cancelRequested, endAtDeadline, settleHold } from "./cancelling.js";
import {
  compositionPlanned,
  partLost,
  partsProgressed,
  partsReady,
  partsStopped,
  withOwnSteps,
} from "./composition.js";
import { lateResultDue, operationEnded, timedOut } from "./endings.js";
import type { EventOf, JobEvent, Transition } from "./event.js";
import { isTerminal, type Job, openStart } from "./job.js";
import { finish, jobOnly } from "./outcome.js";
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
} from "./starts.js";
import { storeBegun, stored, storeFailed } from "./storing.js";
import { checkTime } from "./timing.js";

type Handler<Type extends JobEvent["type"]> = (
  job: Job,
  event: EventOf<Type>,
  now: number,
  policy: Policy,
) => Transition | null;

const handlers: { readonly [Type in JobEvent["type"]]: Handler<Type> } = {
  start_claimed: startClaimed,
  start_resent: startResent,
  start_accepted: startAccepted,
  start_refused: startRefused,
  start_unanswered: startUnanswered,
  start_withheld: startWithheld,
  ambiguity_expired: ambiguityExpired,
  ambiguity_resolved: ambiguityResolved,
  start_postponed: startPostponed,
  start_impossible: (job, _, now) =>
    waitsForStart(job)
      ? finish(job, "failed", now, job.attempts.at(-1)?.failure?.code ?? "no_candidate")
      : null,
  budget_exhausted: budgetExhausted,
  composition_planned: compositionPlanned,
  parts_progressed: partsProgressed,
  parts_ready: partsReady,
  part_lost: partLost,
  parts_stopped: partsStopped,
  operation_ended: operationEnded,
  attempt_timed_out: timedOut,
  late_result_due: lateResultDue,
  deadline_passed: deadlinePassed,
  store_begun: storeBegun,
  stored,
  store_failed: storeFailed,
  cancel_requested: cancelRequested,
  cancel_answered: cancelAnswered,
  redriven,
  effects_delivered: effectsDelivered,
};

/**
 * The only writer of a job's status. Pure, so a database transaction may run it twice; `null` means
 * the event is late, repeated or out of place and changes nothing.
 */
export function transition(job: Job, event: JobEvent, now: number, policy: Policy): Transition | null {
  const handled = handle(job, event, now, policy);
  if (handled === null) return null;
  const step = settleHold(handled, now);
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

function handle<Type extends JobEvent["type"]>(
  job: Job,
  event: EventOf<Type> & { readonly type: Type },
  now: number,
  policy: Policy,
): Transition | null {
  const handler: Handler<Type> = handlers[event.type];
  return handler(job, event, now, policy);
}

function waitsForStart(job: Job): boolean {
  return job.status === "queued" && openStart(job) === undefined;
}

/** A queue may be a moment early. */
const earlyMs = 1_000;

/**
 * Put off by one task alone: each time has a task of its own follow, so that copies which all put it off would
 * multiply.
 */
function startPostponed(
  job: Job,
  { until, waitsFor }: EventOf<"start_postponed">,
  now: number,
): Transition | null {
  const isPutOffAlready = job.next?.step === "start" && job.next.dueAt > now + earlyMs;
  if (isPutOffAlready || !waitsForStart(job)) return null;
  const reason = waitsFor === undefined ? {} : { waitsFor };
  return jobOnly({ ...job, next: { step: "start", dueAt: until, ...reason } });
}

function budgetExhausted(
  job: Job,
  { scope, resetAt }: EventOf<"budget_exhausted">,
  now: number,
): Transition | null {
  if (!waitsForStart(job)) return null;
  const failed = finish(job, "failed", now, "budget_exceeded");
  return { ...failed, job: { ...failed.job, error: budgetError(scope, resetAt) } };
}

function deadlinePassed(
  job: Job,
  { isStorageToBlame }: EventOf<"deadline_passed">,
  now: number,
  policy: Policy,
): Transition | null {
  if (isTerminal(job) || job.status === "storing" || now < job.deadlineAt) return null;
  if (isStorageToBlame) return finish(job, "failed", now, "upload_failed");
  return endAtDeadline(job, now, policy);
}

function redriven(job: Job, { jobId }: EventOf<"redriven">): Transition | null {
  if (!isTerminal(job) || job.status === "completed") return null;
  if (job.redrives?.includes(jobId)) return null;
  return jobOnly({ ...job, redrives: [...(job.redrives ?? []), jobId] });
}

function effectsDelivered(job: Job, { ids }: EventOf<"effects_delivered">): Transition | null {
  const outbox = job.outbox.filter((effect) => !ids.includes(effect.id));
  return outbox.length === job.outbox.length ? null : jobOnly({ ...job, outbox });
}
