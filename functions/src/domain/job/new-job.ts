import type { LedgerEntry } from "../accounting/credits.js";
import { imagePriceOf, type JobPrice, videoPriceOf } from "../accounting/price.js";
import { hashId } from "../hash.js";
import type { Policy } from "../policy/policy.js";
import { requestHash } from "../request/request.js";
import type { JobRequest } from "../request/scene.js";
import { partNames } from "../selection/composite-plan.js";
import { partId } from "./composition.js";
import type { BatchPlace, Composition, Job, TypicalSeconds } from "./job.js";
import { firstSteps } from "./progress.js";

export interface Caller {
  readonly uid: string;
  /** From the caller's token; picks the weight profile. */
  readonly tier: string;
}

/** A request that was accepted, with what it costs. */
export interface Order {
  readonly request: JobRequest;
  readonly price: JobPrice;
  /** What the first choice usually takes. */
  readonly typical?: TypicalSeconds;
}

/** A job as it is first written: queued, with its credits held and its start due at once. */
export function newJob(
  id: string,
  caller: Caller,
  { request, price, typical }: Order,
  policy: Policy,
  now: number,
): Job {
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
    price,
    ...(typical === undefined ? {} : { typical }),
    heldCredits: price.credits,
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
  const price = partPrice(whole, name);
  const order = { request, price: price ?? nothing };
  const { countsCredits, price: _, ...fresh } = newJob(partId(whole.id, name), whole, order, policy, now);
  return {
    ...fresh,
    deadlineAt: whole.deadlineAt,
    ...(price === null ? {} : { price }),
    heldCredits: 0,
    partOf: {
      jobId: whole.id,
      name,
      ...(whole.composition?.budgets === undefined ? {} : { reservedByWhole: true }),
    },
    ...(request.kind === "still" && token !== undefined ? { pictureToken: token } : {}),
  };
}

const nothing: JobPrice = { credits: 0, seconds: 0, imageCredits: 0, usdPerCredit: 0 };

/**
 * What the making of a part may take of the price of its whole: a segment as much of it as it has of
 * the cost. `null` where an older version kept too little to know, and nothing limits it.
 */
function partPrice({ price, composition }: Job, name: string): JobPrice | null {
  const { plan, estimate } = composition ?? {};
  if (price === undefined || plan === undefined) return null;
  if (plan.type === "scene") return name === "image" ? imagePriceOf(price) : videoPriceOf(price);
  const costs = estimate?.segmentCostsUsdMicros;
  if (costs === undefined) return null;
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const share = total === 0 ? 1 : (costs[partNames(plan).indexOf(name)] ?? 0) / total;
  // Not whole credits: nobody is charged for a segment by itself.
  return { ...price, credits: price.credits * share, seconds: 0 };
}

/**
 * What a new try takes over of an earlier one: what is stored is neither made nor paid again. The picture
 * of a scene that was cancelled has been deleted.
 */
export function keptComposition({ status, composition }: Job): Composition | undefined {
  if (composition === undefined || status !== "cancelled") return composition;
  const parts = composition.parts.filter(
    ({ output, paidBefore }) => output.medium !== "image" || paidBefore === true,
  );
  return { ...composition, parts };
}

function keepingParts(fresh: Job, previous: Job): Job {
  const composition = keptComposition(previous);
  if (composition === undefined) return fresh;
  const { plan, parts } = composition;
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
export function nextTry(previous: Job, caller: Caller, price: JobPrice, policy: Policy, now: number): Job {
  const { request, typical } = previous;
  const order = { request, price, ...(typical === undefined ? {} : { typical }) };
  const fresh = newJob(nextTryId(previous), caller, order, policy, now);
  const kept = keepingParts(fresh, previous);
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

/** A new try takes over the place of a job in its batch, and tells the batch so before anything else. */
export function takingPlace(fresh: Job, previous: Job): Job {
  const place = nextPlace(previous);
  if (place === null) return fresh;
  const started = { id: `${fresh.id}:tell_batch:started`, type: "tell_batch" } as const;
  return { ...fresh, batch: place, outbox: [...fresh.outbox, started] };
}
