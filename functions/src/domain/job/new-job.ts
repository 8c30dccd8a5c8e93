import { creditsForImage, creditsToHold, type LedgerEntry } from "../accounting/credits.js";
import { hashId } from "../hash.js";
import type { Policy } from "../policy/policy.js";
import { requestHash } from "../request/request.js";
import type { JobRequest } from "../request/scene.js";
import { partId } from "./composition.js";
import type { BatchPlace, Job } from "./job.js";
import { firstSteps } from "./progress.js";

export interface Caller {
  readonly uid: string;
  /** From the caller's token; picks the weight profile. */
  readonly tier: string;
}

/** A job as it is first written: queued, with its credits held and its start due at once. */
export function newJob(id: string, caller: Caller, request: JobRequest, policy: Policy, now: number): Job {
  return {
    id,
    uid: caller.uid,
    tier: caller.tier,
    request,
    requestHash: requestHash(request),
    status: "queued",
    version: 1,
    createdAt: now,
    updatedAt: now,
    deadlineAt: now + deadlineMs(request, policy),
    endedAt: null,
    attempts: [],
    next: { step: "start", dueAt: now },
    checkAt: now + 15_000,
    outbox: [],
    heldCredits: creditsToHold(request, policy),
    chargedCredits: 0,
    progressPercent: 0,
    cancellation: null,
    output: null,
    error: null,
    ...(policy.budgets.user.credits === null ? {} : { countsCredits: true }),
    ...(request.kind === "scene" ? { composition: { steps: firstSteps(now), parts: [] } } : {}),
  };
}

/**
 * A part of a job: its whole has paid for it and shares its deadline. `token` becomes part of the name of
 * a picture; it is written before there is one, so that whoever repeats a try finds what is there.
 */
export function newPart(
  whole: Job,
  name: string,
  request: JobRequest,
  policy: Policy,
  now: number,
  token?: string,
): Job {
  const { countsCredits, ...fresh } = newJob(partId(whole.id, name), whole, request, policy, now);
  return {
    ...fresh,
    deadlineAt: whole.deadlineAt,
    heldCredits: 0,
    partOf: { jobId: whole.id, name },
    ...(request.kind === "still" && token !== undefined ? { pictureToken: token } : {}),
  };
}

/**
 * A new try of a job: what it was made of, and is stored, is neither made nor paid again. The picture of
 * one that was cancelled has been deleted.
 */
function keepingParts(fresh: Job, previous: Job, policy: Policy): Job {
  const { composition } = previous;
  if (composition === undefined) return fresh;
  const { plan } = composition;
  const parts = composition.parts.filter(
    ({ output, paidBefore }) =>
      previous.status !== "cancelled" || output.medium !== "image" || paidBefore === true,
  );
  const paid = parts.some(({ name }) => name === "image") && fresh.request.kind === "scene";
  return {
    ...fresh,
    composition: {
      ...(plan === undefined ? {} : { plan }),
      steps: firstSteps(fresh.createdAt),
      parts: parts.map((part) => ({
        ...part,
        chargedCredits: 0,
        ...(part.chargedCredits > 0 ? { paidBefore: true } : {}),
      })),
    },
    heldCredits: fresh.heldCredits - (paid ? creditsForImage(fresh.request, policy) : 0),
  };
}

/** Named by the caller or by the policy. */
export function deadlineMs(request: JobRequest, policy: Policy): number {
  return (request.deadlineSeconds ?? policy.limits.deadlineSeconds) * 1_000;
}

export function holdEntry(job: Job): LedgerEntry {
  return {
    id: `${job.id}:hold`,
    uid: job.uid,
    type: "hold",
    credits: job.heldCredits,
    jobId: job.id,
    at: job.createdAt,
    note: "video started",
  };
}

/**
 * The next try of a job that ended in vain: the same request with a hold and a deadline of its own.
 * It takes over what is stored and the place in the batch. Its id follows from the old job alone, so
 * that whoever asks for it, and however often, it is one job.
 */
export function nextTry(previous: Job, caller: Caller, policy: Policy, now: number): Job {
  const fresh = newJob(nextTryId(previous), caller, previous.request, policy, now);
  const kept = keepingParts(fresh, previous, policy);
  return { ...takingPlace(kept, previous), redriveOf: previous.id };
}

function nextTryId(previous: Job): string {
  const place = nextPlace(previous);
  if (place !== null) return batchJobId(place);
  const number = (previous.redrives ?? []).length + 1;
  return hashId(`retry:${previous.id}:${number}`);
}

/** The same try of an item is always the same job, so that no repetition starts another. */
export function batchJobId({ batchId, key, number }: BatchPlace): string {
  return hashId(`batch-job:${batchId}:${key}:${number}`);
}

/** Where the next try of a job belongs; `null` for a job of no batch. */
export function nextPlace({ batch: place, redrives = [] }: Job): BatchPlace | null {
  return place === undefined ? null : { ...place, number: place.number + redrives.length + 1 };
}

/** A new try takes over the place of a job in its batch, and owes it this news before anything else. */
export function takingPlace(fresh: Job, previous: Job): Job {
  const place = nextPlace(previous);
  if (place === null) return fresh;
  const started = { id: `${fresh.id}:tell_batch:started`, type: "tell_batch" } as const;
  return { ...fresh, batch: place, outbox: [...fresh.outbox, started] };
}
