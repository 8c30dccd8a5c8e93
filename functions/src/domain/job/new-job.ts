import { creditsForImage, creditsToHold, type LedgerEntry } from "../accounting/credits.js";
import type { Policy } from "../policy/policy.js";
import { requestHash } from "../request/request.js";
import type { JobRequest } from "../request/scene.js";
import { type Composition, partId } from "./composite.js";
import { firstSteps } from "./composite-steps.js";
import type { Job } from "./job.js";

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

/** A part of a job: its whole has paid for it and shares its deadline. */
export function newPart(whole: Job, name: string, request: JobRequest, policy: Policy, now: number): Job {
  const { countsCredits, ...fresh } = newJob(partId(whole.id, name), whole, request, policy, now);
  return { ...fresh, deadlineAt: whole.deadlineAt, heldCredits: 0, partOf: { jobId: whole.id, name } };
}

/** A new try of a job: what it was made of, and is stored, is neither made nor paid again. */
export function keepingParts(fresh: Job, composition: Composition | undefined, policy: Policy): Job {
  if (composition === undefined) return fresh;
  const { plan, parts } = composition;
  const paid = parts.some(({ name }) => name === "image") && fresh.request.kind === "scene";
  return {
    ...fresh,
    composition: {
      ...(plan === undefined ? {} : { plan }),
      steps: firstSteps(fresh.createdAt),
      parts: parts.map((part) => ({ ...part, chargedCredits: 0 })),
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
