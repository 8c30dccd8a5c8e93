import type { LedgerEntry } from "../accounting/credits.js";
import { type ErrorCode, errorPolicy } from "../errors.js";
import { hashId } from "../hash.js";
import type { Policy } from "../policy/policy.js";
import { type CompositePlan, partNames } from "../selection/composite-plan.js";
import { scopesOfWhole } from "./budget-lines.js";
import { endAtDeadline, settleCancellation, withSettledHold } from "./cancelling.js";
import type { EventOf, Transition } from "./event.js";
import { type Composition, isTerminal, type Job, type StoredPart } from "./job.js";
import { finish, jobOnly, withStatus } from "./outcome.js";
import { firstSteps, ownSteps, withSteps } from "./progress.js";

/**
 * A job that is made of other jobs, its parts. It has no attempt and no provider: its parts have those,
 * and tell whenever they come further. Should that not arrive, it is looked at after this time.
 */
const lookAgainMs = 60_000;

/** Derived from the whole, so that whoever starts a part after a crash finds the one that is there. */
export function partId(wholeId: string, name: string): string {
  return hashId(`part:${wholeId}:${name}`);
}

export function storedPart(composition: Composition | undefined, name: string): StoredPart | undefined {
  return composition?.parts.find((part) => part.name === name);
}

/**
 * May the owner have the file of a part? Only what is paid for: all parts of a whole that is completed,
 * and before that those that were charged by themselves. Who cancels has the picture deleted.
 */
export function isPartOfOwner({ status }: Pick<Job, "status">, part: StoredPart): boolean {
  if (status === "completed" || part.paidBefore === true) return true;
  return part.chargedCredits > 0 && status !== "cancelled";
}

/** The videos that a whole is put together of, in their order. */
export function storedVideos(whole: Job, plan: CompositePlan): StoredPart[] {
  const parts = partNames(plan).map((name) => storedPart(whole.composition, name));
  return parts.filter((part) => part !== undefined).filter(({ output }) => output.medium === "video");
}

/** Written before any part is begun, so that every later look goes by the same plan. */
export function compositionPlanned(
  job: Job,
  { plan, estimate }: EventOf<"composition_planned">,
  now: number,
  policy: Policy,
): Transition | null {
  if (job.status !== "queued" || job.attempts.length > 0) return null;
  const begun = job.composition ?? { steps: firstSteps(job.createdAt), parts: [] };
  const budgets = scopesOfWhole(job, policy);
  const composition = {
    ...begun,
    plan,
    estimate: { ...estimate, plannedAt: now },
    ...(budgets.length === 0 ? {} : { budgets }),
  };
  return jobOnly({
    ...withStatus({ ...job, composition }, "generating"),
    next: { step: "advance", dueAt: now },
  });
}

/**
 * Parts came further. One that is stored and priced by itself is charged now: it stays with its owner
 * even if the whole fails later.
 */
export function partsProgressed(
  job: Job,
  { steps, parts }: EventOf<"parts_progressed">,
  now: number,
): Transition | null {
  const { composition } = job;
  if (composition?.plan === undefined || job.status !== "generating") return null;
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
  if (next.composition === composition) return null;
  const step = { step: "advance", dueAt: now + lookAgainMs } as const;
  return { job: { ...next, next: step }, ledger: charged, observations: [] };
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

export function partsReady(
  job: Job,
  { costUsdMicros }: EventOf<"parts_ready">,
  now: number,
): Transition | null {
  const { composition } = job;
  if (composition?.plan === undefined || job.status !== "generating") return null;
  if (!partNames(composition.plan).every((name) => storedPart(composition, name) !== undefined)) return null;
  const ready = { ...job, composition: { ...composition, readyAt: now, costUsdMicros } };
  return jobOnly({ ...withStatus(ready, "storing"), next: { step: "store", dueAt: now, attempt: null } });
}

export function partLost(
  job: Job,
  { code, costUsdMicros }: EventOf<"part_lost">,
  now: number,
  policy: Policy,
): Transition | null {
  const { composition } = job;
  if (composition?.plan === undefined || job.status !== "generating") return null;
  return failWhole({ ...job, composition: { ...composition, costUsdMicros } }, code, now, policy);
}

/** Nobody else is asked: the parts have told who is to blame, and have tried everybody else. */
export function failWhole(job: Job, code: ErrorCode, now: number, policy: Policy): Transition {
  // Where another provider could have helped it is the time that is missing.
  const isLate = errorPolicy(code).tryNext && now >= job.deadlineAt;
  // A deadline that the caller has named leaves each part less time than providers may take.
  const isHurried = code === "timeout" && job.request.deadlineSeconds !== undefined;
  const isOver = code === "deadline_exceeded" || isLate || isHurried;
  return isOver ? endAtDeadline(job, now, policy) : finish(job, "failed", now, code);
}

export function partsStopped(
  job: Job,
  { confirmed, costUsdMicros, keptUsdMicros }: EventOf<"parts_stopped">,
  now: number,
): Transition | null {
  const { composition } = job;
  const outbox = job.outbox.filter(({ type }) => type !== "stop_parts");
  if (composition === undefined || !isTerminal(job) || outbox.length === job.outbox.length) return null;
  const stopped = { ...job, outbox, composition: { ...composition, costUsdMicros } };
  const settle = (settled: Job) => withSettledHold(jobOnly(settled), keptUsdMicros, now);
  if (confirmed || stopped.cancellation === null) return settle(settleCancellation(stopped));
  return settle({ ...stopped, cancellation: { ...stopped.cancellation, outcome: "unconfirmed" } });
}

/** The job with the steps that its own state tells; an ordinary job is returned as it is. */
export function withOwnSteps(job: Job, now: number): Job {
  const { composition } = job;
  return composition === undefined
    ? job
    : { ...job, composition: withSteps(composition, ownSteps(job), now) };
}
