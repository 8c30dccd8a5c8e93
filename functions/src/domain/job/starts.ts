import { errorPolicy, type Failure } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import { retryDelayMs } from "./backoff.js";
import { cappedScopes } from "./budget-lines.js";
import { settleCancellation } from "./cancelling.js";
import type { EventOf, Transition } from "./event.js";
import {
  type Attempt,
  findAttempt,
  isOpenStart,
  isTerminal,
  isUnresolved,
  type Job,
  type NextStep,
  openStart,
} from "./job.js";
import { afterFailure, cancelEffect, jobOnly, replaceAttempt, withStatus } from "./outcome.js";
import { hedgeTime, mayHedge, timeoutTime } from "./timing.js";

/** A start that carries a key is sent this often before it counts as unanswered for good. */
const maxSends = 4;

export function startClaimed(
  job: Job,
  { attempt: fresh, leaseUntil }: EventOf<"start_claimed">,
  now: number,
  policy: Policy,
): Transition | null {
  if (fresh.number !== job.attempts.length + 1) return null;
  if (fresh.hedge ? !mayHedge(job, policy) : job.status !== "queued" || openStart(job) !== undefined)
    return null;
  const budgets = cappedScopes(job, fresh.provider, policy);
  const attempt: Attempt = {
    ...fresh,
    listedCostUsdMicros: fresh.estimatedCostUsdMicros,
    state: "starting",
    leaseUntil,
    sends: 1,
    operation: null,
    createdAt: now,
    acceptedAt: null,
    endedAt: null,
    timeoutAt: job.deadlineAt,
    hedgeAt: null,
    costUsdMicros: null,
    wasted: false,
    failure: null,
    storeTries: 0,
    ...(budgets.length === 0 ? {} : { budgets }),
  };
  return jobOnly({
    ...job,
    attempts: [...job.attempts, attempt],
    next: { step: "start", dueAt: leaseUntil },
  });
}

export function startResent(
  job: Job,
  { attempt: number, leaseUntil }: EventOf<"start_resent">,
  now: number,
): Transition | null {
  const attempt = findAttempt(job, number);
  // A job that was cancelled in between is not paid for, and one instance alone takes over a lease.
  if (attempt?.state !== "starting" || !awaitsStart(job, attempt) || now < attempt.leaseUntil) return null;
  const sends = attempt.sends + 1;
  return jobOnly({
    ...replaceAttempt(job, { ...attempt, sends, leaseUntil }),
    next: { step: "start", dueAt: leaseUntil },
  });
}

export function startAccepted(
  job: Job,
  event: EventOf<"start_accepted">,
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
    endedAt: null,
    timeoutAt: timeoutTime(job, attempt, now, policy),
    hedgeAt: hedgeTime(job, attempt, now, policy),
    estimatedCostUsdMicros: event.estimatedCostUsdMicros ?? attempt.estimatedCostUsdMicros,
  };
  if (awaitsStart(job, attempt) && isOpenStart(attempt)) {
    const running = replaceAttempt(job, { ...accepted, state: "running" });
    return jobOnly(withStatus({ ...running, next: null }, "generating"));
  }
  // The job has moved on without it: late, cancelled, or another attempt was faster.
  const late = replaceAttempt(job, { ...accepted, state: "given_up" });
  const needed = !isTerminal(job) && job.status !== "storing";
  return jobOnly(needed ? late : { ...late, outbox: [...late.outbox, cancelEffect(job, accepted)] });
}

export function startRefused(
  job: Job,
  event: EventOf<"start_refused">,
  now: number,
  policy: Policy,
): Transition | null {
  const { failure } = event;
  const attempt = findAttempt(job, event.attempt);
  if (attempt === undefined || attempt.operation !== null) return null;
  if (!isOpenStart(attempt)) return null;
  if (attempt.sends > 1 && !refusesAnyCopy(failure)) {
    const wait = failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs };
    const unanswered = { ...event, ...wait, type: "start_unanswered", resendable: true } as const;
    return startUnanswered(job, unanswered, now, policy);
  }
  const failed: Attempt = { ...attempt, state: "failed", failure, endedAt: now, costUsdMicros: 0 };
  return afterFailure(settleCancellation(withoutStart(replaceAttempt(job, failed))), failed, now, policy);
}

/**
 * The refusals that every copy of a start gets; others say nothing about an earlier, unanswered copy.
 * Only the vendor's own word counts: one that comes without it may be a gateway's, or be cut off.
 */
function refusesAnyCopy({ code, providerCode }: Failure): boolean {
  return providerCode !== undefined && errorPolicy(code).refusesEveryCopy;
}

export function startUnanswered(
  job: Job,
  event: EventOf<"start_unanswered">,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (attempt?.state !== "starting") return null;
  // Whoever sent an earlier copy was held up: a later one is under way, and its sender will tell.
  if (event.send !== undefined && event.send < attempt.sends) return null;
  if (event.resendable && attempt.sends < maxSends) {
    const ownWaitMs = retryDelayMs(attempt.idempotencyKey, attempt.sends);
    // A wait beyond the deadline would only hide that the job is over then.
    const askedMs = Math.min(event.retryAfterMs ?? 0, Math.max(0, job.deadlineAt - now));
    const dueAt = now + Math.max(ownWaitMs, askedMs);
    return jobOnly({
      ...replaceAttempt(job, { ...attempt, leaseUntil: now }),
      next: nextStart(job, dueAt),
    });
  }
  const { action, waitSeconds } = policy.ambiguous;
  const dueAt = action === "failOver" ? now : now + waitSeconds * 1_000;
  const { provider, model } = attempt;
  return {
    job: {
      ...replaceAttempt(job, { ...attempt, state: "ambiguous", leaseUntil: dueAt }),
      next: nextStart(job, dueAt),
    },
    ledger: [],
    observations: [{ provider, model, outcome: { ok: false, code: "ambiguous_start" } }],
  };
}

/**
 * A copy of a start that was never sent. Where it is the only one nothing was paid, whatever has been
 * believed of it since; an earlier one may have arrived.
 */
export function startWithheld(
  job: Job,
  event: EventOf<"start_withheld">,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (attempt === undefined || attempt.operation !== null) return null;
  if (attempt.sends > 1)
    return startUnanswered(job, { ...event, type: "start_unanswered", resendable: true }, now, policy);
  if (attempt.state !== "starting" && !isUnresolved(attempt)) return null;
  return neverAccepted(job, attempt, "not sent: it was no longer waited for", now, policy);
}

/** Is the job still waiting for this start: as its next generation, or as a hedge beside one? */
export function awaitsStart(job: Job, attempt: Attempt): boolean {
  return job.status === "queued" || (job.status === "generating" && attempt.hedge);
}

/** A job that has ended, or that stores the late result of another attempt, has other steps. */
function nextStart(job: Job, dueAt: number): NextStep | null {
  return job.status === "queued" || job.status === "generating" ? { step: "start", dueAt } : job.next;
}

/** A hedge that comes to nothing leaves no step behind: the first attempt goes on. */
function withoutStart(job: Job): Job {
  return job.status === "generating" ? { ...job, next: null } : job;
}

/** The wait is over: another provider is paid, and that this may be the second time is on record. */
export function ambiguityExpired(
  job: Job,
  event: EventOf<"ambiguity_expired">,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (attempt?.state !== "ambiguous" || now < attempt.leaseUntil) return null;
  return withoutAnswer(job, { ...attempt, state: "unanswered" }, now, policy);
}

/** An administrator found out, or decided, what became of an unanswered start. */
export function ambiguityResolved(
  job: Job,
  event: EventOf<"ambiguity_resolved">,
  now: number,
  policy: Policy,
): Transition | null {
  const attempt = findAttempt(job, event.attempt);
  if (attempt === undefined || !isUnresolved(attempt)) return null;
  switch (event.resolution.type) {
    case "attach": {
      const { operation } = event.resolution;
      return startAccepted(job, { type: "start_accepted", attempt: attempt.number, operation }, now, policy);
    }
    case "not_accepted":
      return neverAccepted(job, attempt, "not accepted, says an administrator", now, policy);
    case "write_off": {
      const costUsdMicros = attempt.estimatedCostUsdMicros;
      const writtenOff: Attempt = { ...attempt, state: "written_off", costUsdMicros };
      if (attempt.state === "unanswered") return jobOnly(replaceAttempt(job, writtenOff));
      return withoutAnswer(job, writtenOff, now, policy);
    }
  }
}

/** Where the job has moved on already only the record is put right. */
function neverAccepted(job: Job, attempt: Attempt, detail: string, now: number, policy: Policy): Transition {
  const failed: Attempt = {
    ...attempt,
    state: "failed",
    failure: { code: "not_started", detail },
    endedAt: now,
    costUsdMicros: 0,
    wasted: false,
  };
  if (attempt.state === "unanswered") return jobOnly(replaceAttempt(job, failed));
  const next = afterFailure(
    settleCancellation(withoutStart(replaceAttempt(job, failed))),
    failed,
    now,
    policy,
  );
  return { ...next, observations: [] };
}

/** That the start was ambiguous was observed when it became so; giving it up tells nothing new. */
function withoutAnswer(job: Job, attempt: Attempt, now: number, policy: Policy): Transition {
  const ended: Attempt = { ...attempt, wasted: true, failure: { code: "ambiguous_start" }, endedAt: now };
  const without = withoutStart(replaceAttempt(job, ended));
  return { ...afterFailure(unconfirmed(without), ended, now, policy), observations: [] };
}

/** Nobody knows whether it still runs, so nobody can say that it was stopped. */
function unconfirmed(job: Job): Job {
  if (job.cancellation?.outcome !== "requested") return job;
  return { ...job, cancellation: { ...job.cancellation, outcome: "unconfirmed" } };
}
