import type { LedgerEntry } from "../accounting/credits.js";
import { storedPart } from "./composite.js";
import { firstSteps, ownSteps, withSteps } from "./composite-steps.js";
import type { JobEvent, Transition } from "./event.js";
import { compositeAttempt, findAttempt, isTerminal, type Job } from "./job.js";

/**
 * A part came further. One that is stored and priced by itself is charged now: it stays with its
 * owner even if the whole fails later.
 */
export function progressed(
  job: Job,
  { attempt, steps, parts }: Extract<JobEvent, { type: "progressed" }>,
  now: number,
): Transition | null {
  const { composition } = job;
  if (composition === undefined || isTerminal(job) || findAttempt(job, attempt)?.composite === undefined) {
    return null;
  }
  const charged: LedgerEntry[] = [];
  let next = { ...job, composition: withSteps(composition, steps, now) };
  for (const part of parts) {
    if (storedPart(next.composition, part.name) !== undefined) continue;
    // The hold is the most that the owner can be charged.
    const credits = Math.min(part.chargedCredits, next.heldCredits);
    const known = [...next.composition.parts, { ...part, chargedCredits: credits }];
    next = {
      ...next,
      composition: { ...next.composition, parts: known },
      heldCredits: next.heldCredits - credits,
      chargedCredits: next.chargedCredits + credits,
    };
    if (credits > 0) charged.push(captureEntry(job, part.name, credits, now));
  }
  const isNews = next.composition !== composition;
  return isNews ? { job: next, ledger: charged, observations: [] } : null;
}

function captureEntry(job: Job, name: string, credits: number, now: number): LedgerEntry {
  return {
    id: `${job.id}:capture:${name}`,
    uid: job.uid,
    type: "capture",
    credits,
    jobId: job.id,
    at: now,
    note: `${name} stored`,
  };
}

/** The job with the steps that its own state tells; an ordinary job is returned as it is. */
export function withOwnSteps(job: Job, now: number): Job {
  const plan = compositeAttempt(job)?.composite;
  if (job.composition === undefined && plan === undefined) return job;
  const begun = job.composition ?? { steps: firstSteps(job.createdAt), parts: [] };
  const composition = plan === undefined || begun.plan !== undefined ? begun : { ...begun, plan };
  return { ...job, composition: withSteps(composition, ownSteps(job), now) };
}
