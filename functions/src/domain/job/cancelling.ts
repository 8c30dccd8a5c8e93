import type { LedgerEntry } from "../accounting/credits.js";
import { creditsForKept, earlierPrice, type JobPrice } from "../accounting/price.js";
import type { UsdMicros } from "../money.js";
import type { Policy } from "../policy/policy.js";
import type { CancelResult } from "../provider/provider.js";
import { operationEnded } from "./endings.js";
import type { EventOf, Transition } from "./event.js";
import {
  type Attempt,
  type Cancellation,
  findAttempt,
  isOpenStart,
  isTerminal,
  type Job,
  openStart,
} from "./job.js";
import { finish, jobOnly, replaceAttempt } from "./outcome.js";

export function cancelRequested(
  job: Job,
  { by, charged }: EventOf<"cancel_requested">,
  now: number,
  policy: Policy,
): Transition | null {
  if (isTerminal(job)) return null;
  const isFree = policy.cancellation.charge === "nothing" && charged === undefined;
  return stop(job, "cancelled", by, job.attempts.filter(isOfUse), isFree, now);
}

/** Did it end before its work was done, by its owner's will and at its owner's expense of nothing? */
export function wasStoppedForNothing({ cancellation, composition, heldCredits }: Job): boolean {
  if (cancellation === null || cancellation.by === "admin") return false;
  const hadBegun = (cancellation.stopped ?? []).length > 0 || (composition?.costUsdMicros ?? 0) > 0;
  return hadBegun && cancellation.chargedCredits === 0 && heldCredits === 0;
}

/**
 * Ends a job whose time is over. A deadline that its caller named is a cancellation in advance: what it
 * stops is paid for like that, or whoever is in a hurry has providers work for nothing. What had as much
 * time as the policy gives and is not ready is the provider's failure, and free.
 */
export function endAtDeadline(job: Job, now: number, policy: Policy): Transition {
  const hurried = job.attempts.filter(
    (attempt) => (isOfUse(attempt) || attempt.state === "given_up") && !hadItsTime(attempt, now, policy),
  );
  const isNamed = job.request.deadlineSeconds !== undefined;
  if (!isNamed || (hurried.length === 0 && !hasPartsAtWork(job)))
    return finish(job, "failed", now, "deadline_exceeded");
  return stop(job, "failed", "deadline", hurried, policy.cancellation.charge === "nothing", now);
}

function hadItsTime({ acceptedAt, typical }: Attempt, now: number, { limits }: Policy): boolean {
  return acceptedAt !== null && now >= acceptedAt + typical.p90Seconds * limits.timeoutFactor * 1_000;
}

/** Ends a job before its work is done; `attempts` are those that its owner pays for as far as they are kept. */
function stop(
  job: Job,
  status: "cancelled" | "failed",
  by: Cancellation["by"],
  attempts: readonly Attempt[],
  isFree: boolean,
  now: number,
): Transition {
  const kept = isFree ? 0 : mostKept(job, attempts);
  const code = status === "cancelled" ? "cancelled" : "deadline_exceeded";
  const ended = finish(job, status, now, code, 0, kept);
  const cancellation: Cancellation = {
    requestedAt: now,
    by,
    outcome: isBeingStopped(ended.job) ? "requested" : "confirmed",
    refundedCredits: job.heldCredits - kept,
    chargedCredits: 0,
    ...(attempts.length === 0 ? {} : { stopped: attempts.map(({ number }) => number) }),
  };
  return { ...ended, job: { ...ended.job, cancellation } };
}

/** An attempt that the job still counts on, or may: what it costs is wasted by a cancellation alone. */
function isOfUse(attempt: Attempt): boolean {
  return (
    isOpenStart(attempt) || attempt.state === "running" || (attempt.state === "succeeded" && !attempt.wasted)
  );
}

/** The most that a cancellation may charge, which stays held until it is known. */
function mostKept(job: Job, attempts: readonly Attempt[]): number {
  // What its parts have cost is found out while they are stopped.
  if (hasPartsAtWork(job)) return job.heldCredits;
  if (job.composition?.plan !== undefined) return creditsKept(job, wholeUsdMicros(job));
  return creditsKept(job, sum(attempts.map(costOf)));
}

function hasPartsAtWork({ composition, status }: Job): boolean {
  return composition?.plan !== undefined && status === "generating";
}

/**
 * Settles what a job still holds that was stopped, as soon as it is known of every attempt that was of use
 * what became of it. Follows from the job alone, so that whoever commits the last answer settles it.
 */
export function settleHold(step: Transition, now: number): Transition {
  const { job } = step;
  if (!isTerminal(job) || job.heldCredits === 0 || isBeingStopped(job)) return step;
  const isWhole = job.composition?.plan !== undefined;
  return withSettledHold(step, isWhole ? wholeUsdMicros(job) : keptUsdMicros(job), now);
}

/** Charges what a provider keeps and gives back the rest. */
export function withSettledHold(step: Transition, costUsdMicros: UsdMicros, now: number): Transition {
  const { job } = step;
  const { cancellation, heldCredits } = job;
  if (!isTerminal(job) || cancellation === null || heldCredits === 0) return step;
  const charged = creditsKept(job, costUsdMicros);
  const refunded = heldCredits - charged;
  const entry = (type: "capture" | "release", credits: number, note: string): LedgerEntry => ({
    // A cancellation has given back its part already.
    id: type === "capture" ? `${job.id}:capture` : `${job.id}:release:rest`,
    uid: job.uid,
    type,
    credits,
    jobId: job.id,
    at: now,
    note,
  });
  return {
    ...step,
    job: {
      ...job,
      heldCredits: 0,
      chargedCredits: job.chargedCredits + charged,
      cancellation: {
        ...cancellation,
        refundedCredits: cancellation.refundedCredits + refunded,
        chargedCredits: cancellation.chargedCredits + charged,
      },
    },
    ledger: [
      ...step.ledger,
      ...(charged > 0 ? [entry("capture", charged, "stopped, and kept by its provider")] : []),
      ...(refunded > 0 ? [entry("release", refunded, "not kept by a provider")] : []),
    ],
  };
}

/** What providers keep of a job that was stopped, or of a part of a whole that was. */
export function keptUsdMicros({ attempts, cancellation, status }: Job): UsdMicros {
  if (status === "completed") return sum(attempts.filter(isOfUse).map(costOf));
  const stopped = cancellation?.stopped ?? [];
  return sum(attempts.filter(({ number }) => stopped.includes(number)).map(keptOf));
}

/** Without an operation nobody has said that it was accepted, and the owner is not charged for a guess. */
function keptOf(attempt: Attempt): UsdMicros {
  if (attempt.operation === null) return 0;
  if (attempt.state === "failed") return attempt.costUsdMicros ?? 0;
  return costOf(attempt);
}

function costOf({ costUsdMicros, estimatedCostUsdMicros }: Attempt): UsdMicros {
  return costUsdMicros ?? estimatedCostUsdMicros;
}

/** In credits, and never more than is held. */
function creditsKept(job: Job, costUsdMicros: UsdMicros): number {
  return Math.min(job.heldCredits, creditsForKept(priceOrEarlier(job), costUsdMicros));
}

/** What all parts have cost, without those that were charged by themselves. */
function wholeUsdMicros(job: Job): UsdMicros {
  const charged = job.chargedCredits * priceOrEarlier(job).usdPerCredit * 1_000_000;
  return Math.max(0, (job.composition?.costUsdMicros ?? 0) - charged);
}

function priceOrEarlier({ price, request, heldCredits, chargedCredits }: Job): JobPrice {
  return price ?? earlierPrice(request, heldCredits + chargedCredits);
}

function sum(amounts: readonly UsdMicros[]): UsdMicros {
  return amounts.reduce((total, amount) => total + amount, 0);
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
