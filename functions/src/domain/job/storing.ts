import type { Failure } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import { redact } from "../redact.js";
import { retryDelayMs } from "./backoff.js";
import { failWhole } from "./composition.js";
import type { EventOf, Transition } from "./event.js";
import { type Attempt, findAttempt, type Job, type StoreTrouble } from "./job.js";
import { afterFailure, finish, jobOnly, replaceAttempt } from "./outcome.js";

/** Is this the file that the job stores now? `null`: the one that is put together of its parts. */
function isBeingStored(job: Job, attempt: number | null): boolean {
  if (job.status !== "storing" || job.next?.step !== "store" || job.next.attempt !== attempt) return false;
  return attempt === null || findAttempt(job, attempt)?.state === "succeeded";
}

/**
 * So many tries that were begun and told no end mean that storing this file ends the process. Fewer may be
 * duplicates: a store that takes half an hour is enqueued again some seven times meanwhile.
 */
const maxBegun = 12;

/** Counts a try before it begins: a file that ends every process that looks at it is not tried for ever. */
export function storeBegun(
  job: Job,
  { attempt }: EventOf<"store_begun">,
  now: number,
  policy: Policy,
): Transition | null {
  if (!isBeingStored(job, attempt) || job.next?.step !== "store") return null;
  const { begun = 0 } = job.next;
  if (begun < maxBegun) return jobOnly({ ...job, next: { ...job.next, begun: begun + 1 } });
  const died = { attempt, code: "bad_output", obstacle: "bad_file" } as const;
  const reason = `unended: ${begun} tries were begun and told no end`;
  return storeFailed(job, { type: "store_failed", ...died, reason }, now, policy);
}

export function stored(job: Job, event: EventOf<"stored">, now: number): Transition | null {
  if (!isBeingStored(job, event.attempt)) return null;
  // The hold is the most that the owner can be charged.
  const charged = Math.min(event.credits, job.heldCredits);
  const done = finish({ ...job, output: event.output }, "completed", now, undefined, charged);
  const attempt = event.attempt === null ? undefined : findAttempt(job, event.attempt);
  // Parts have told themselves what there was to learn.
  if (attempt === undefined) return done;
  const seconds = ((attempt.endedAt ?? now) - (attempt.acceptedAt ?? attempt.createdAt)) / 1_000;
  const { provider, model } = attempt;
  return { ...done, observations: [{ provider, model, outcome: { ok: true, seconds } }] };
}

export function storeFailed(
  job: Job,
  event: EventOf<"store_failed">,
  now: number,
  policy: Policy,
): Transition | null {
  if (!isBeingStored(job, event.attempt)) return null;
  const attempt = event.attempt === null ? undefined : findAttempt(job, event.attempt);
  return attempt === undefined
    ? wholeNotStored(job, event, now, policy)
    : attemptNotStored(job, attempt, event, now, policy);
}

function attemptNotStored(
  job: Job,
  attempt: Attempt,
  event: EventOf<"store_failed">,
  now: number,
  policy: Policy,
): Transition {
  const { code, reason } = event;
  const storeTries = attempt.storeTries + 1;
  const storeTrouble = troubleAfter(attempt.storeTrouble, event, now);
  const tried: Attempt = { ...attempt, storeTries, storeTrouble };
  const finishedAt = attempt.endedAt ?? attempt.createdAt;
  if (isTriedAgain(job, finishedAt, storeTrouble, now, policy)) {
    const dueAt = now + retryDelayMs(`${attempt.idempotencyKey}:store`, storeTries);
    return jobOnly({
      ...replaceAttempt(job, tried),
      next: { step: "store", dueAt, attempt: attempt.number },
    });
  }
  const failure: Failure = { code, ...(reason === undefined ? {} : { detail: redact(reason, 300) }) };
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

function wholeNotStored(job: Job, event: EventOf<"store_failed">, now: number, policy: Policy): Transition {
  const { code } = event;
  const { composition } = job;
  if (composition === undefined) return failWhole(job, code, now, policy);
  const tries = (composition.storing?.tries ?? 0) + 1;
  const trouble = troubleAfter(composition.storing?.trouble, event, now);
  const tried: Job = { ...job, composition: { ...composition, storing: { tries, trouble } } };
  if (!isTriedAgain(job, composition.readyAt ?? job.createdAt, trouble, now, policy)) {
    return failWhole(tried, code, now, policy);
  }
  const dueAt = now + retryDelayMs(`${job.id}:store`, tries);
  return jobOnly({ ...tried, next: { step: "store", dueAt, attempt: null } });
}

/** After this long another provider makes the video again, rather than the user waits for this file. */
const outOfReachMs = 600_000;
/** A file that is paid for is not lost to trouble that ends within this time, deadline or not. */
const leastPatienceMs = 1_800_000;

/** The same bytes twice are no bad luck: what was doubtful is wrong then. */
export function troubleAfter(
  before: StoreTrouble | undefined,
  event: Pick<EventOf<"store_failed">, "obstacle" | "refusedSha256">,
  now: number,
): StoreTrouble {
  const refusedSha256 = event.refusedSha256 ?? before?.refusedSha256;
  const isSameFile = event.refusedSha256 !== undefined && event.refusedSha256 === before?.refusedSha256;
  const obstacle = isSameFile && event.obstacle === "doubtful_file" ? "bad_file" : event.obstacle;
  const isMetAgain = before?.obstacle === obstacle;
  return {
    obstacle,
    since: isMetAgain ? before.since : now,
    tries: isMetAgain ? before.tries + 1 : 1,
    ...(refusedSha256 === undefined ? {} : { refusedSha256 }),
  };
}

/**
 * Is the same file to be tried again? It is paid for, so it is given up only when it is found wrong,
 * when another one can be had sooner, or when nobody would wait any longer.
 */
function isTriedAgain(
  job: Job,
  finishedAt: number,
  { obstacle, since, tries }: StoreTrouble,
  now: number,
  policy: Policy,
): boolean {
  if (now >= Math.max(job.deadlineAt, finishedAt) + leastPatienceMs) return false;
  switch (obstacle) {
    case "bad_file":
      return false;
    case "doubtful_file":
      return tries < policy.limits.storeTries;
    case "out_of_reach":
      // Past the deadline nobody else is asked, so there is nothing to be gained by giving up.
      return now < since + outOfReachMs || now >= job.deadlineAt;
    case "own_trouble":
      return true;
  }
}
