import { z } from "zod";
import type { BudgetScope } from "../../../domain/accounting/budget.js";
import type { JobPrice } from "../../../domain/accounting/price.js";
import type { ErrorCode, Failure, Fault, PublicError } from "../../../domain/errors.js";
import type { Eta } from "../../../domain/job/eta.js";
import type { CompositionEstimate } from "../../../domain/job/job.js";
import {
  type Attempt,
  type AttemptState,
  type BatchPlace,
  type Cancellation,
  type Composition,
  isUnresolved,
  type Job,
  type JobStatus,
  type JobStep,
  type Output,
  type PartOf,
  type StepName,
  type StoredPart,
  type StoreTrouble,
  type TypicalSeconds,
} from "../../../domain/job/job.js";
import { type EarlierJob, upgradeJob } from "../../../domain/job/upgrade-job.js";
import { type AttemptView, toView } from "../../../domain/job/view.js";
import type { GenerationPlan, Operation } from "../../../domain/provider/provider.js";
import type { Adjustment } from "../../../domain/request/request.js";
import type { JobRequest } from "../../../domain/request/scene.js";
import type { CompositePlan } from "../../../domain/selection/composite-plan.js";
import type { DecisionRecord } from "../../../domain/selection/record.js";
import { converterOf, type Fields, opaque, word } from "./document.js";

const output = z.object({
  medium: word<Output["medium"]>().default("video"),
  path: z.string(),
  contentType: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  width: z.number(),
  height: z.number(),
  durationSeconds: z.number(),
  codec: z.string(),
  hasAudio: z.boolean(),
  thumbnailPath: z.string().nullable().default(null),
  publicUrl: z.string().exactOptional(),
} satisfies Fields<Output>);

const publicError = z.object({
  code: word<ErrorCode>(),
  fault: word<Fault>(),
  retryable: z.boolean(),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
} satisfies Fields<PublicError>);

const cancellation = z.object({
  requestedAt: z.number(),
  by: word<Cancellation["by"]>(),
  outcome: word<Cancellation["outcome"]>(),
  refundedCredits: z.number(),
  chargedCredits: z.number().default(0),
  stopped: z.array(z.number()).exactOptional(),
} satisfies Fields<Cancellation>);

const compositePlan = z.discriminatedUnion("type", [
  z.object({ type: z.literal("scene") } satisfies Fields<Extract<CompositePlan, { type: "scene" }>>),
  z.object({
    type: z.literal("segments"),
    seconds: z.array(z.number()),
    model: z.string(),
    inTurn: z.boolean(),
    joined: z.boolean(),
  } satisfies Fields<Extract<CompositePlan, { type: "segments" }>>),
]);

const step = z.object({
  name: word<StepName>(),
  percent: z.number(),
  at: z.number(),
} satisfies Fields<JobStep>);

const storedPart = z.object({
  name: z.string(),
  jobId: z.string(),
  output,
  chargedCredits: z.number(),
  paidBefore: z.literal(true).exactOptional(),
} satisfies Fields<StoredPart>);

const adjustment = z.object({
  field: z.string(),
  asked: z.string(),
  given: z.string(),
  reason: z.string(),
} satisfies Fields<Adjustment>);

const storeTrouble = z.object({
  obstacle: word<StoreTrouble["obstacle"]>(),
  since: z.number(),
  tries: z.number(),
  refusedSha256: z.string().exactOptional(),
} satisfies Fields<StoreTrouble>);

const budgetScope = z.object({
  type: word<BudgetScope["type"]>(),
  id: z.string(),
} satisfies Fields<BudgetScope>);

const composition = z.object({
  plan: compositePlan.exactOptional(),
  estimate: z
    .object({
      plannedAt: z.number(),
      adjustments: z.array(adjustment),
      costUsdMicros: z.number(),
      p50Seconds: z.number(),
      p90Seconds: z.number(),
      segmentCostsUsdMicros: z.array(z.number()).exactOptional(),
    } satisfies Fields<CompositionEstimate>)
    .exactOptional(),
  steps: z.array(step),
  parts: z.array(storedPart),
  budgets: z.array(budgetScope).exactOptional(),
  readyAt: z.number().exactOptional(),
  costUsdMicros: z.number().exactOptional(),
  storing: z.object({ tries: z.number(), trouble: storeTrouble }).exactOptional(),
} satisfies Fields<Composition>);

const typical = z.object({
  p50Seconds: z.number(),
  p90Seconds: z.number(),
} satisfies Fields<TypicalSeconds>);

const next = z.discriminatedUnion("step", [
  z.object({
    step: z.literal("start"),
    dueAt: z.number(),
    waitsFor: z.enum(["pause", "provider"]).exactOptional(),
  }),
  z.object({ step: z.literal("advance"), dueAt: z.number() }),
  z.object({
    step: z.literal("store"),
    dueAt: z.number(),
    attempt: z.number().nullable(),
    begun: z.number().exactOptional(),
  }),
]);

/** Their ids are made of the job's and tell no more than their types do. */
const effect = z.discriminatedUnion("type", [
  z.object({ id: z.string(), type: z.literal("cancel_operation"), attempt: z.number() }),
  z.object({ id: z.string(), type: z.enum(["notify", "part_ended", "stop_parts", "tell_batch"]) }),
]);

/** All of a job but its attempts. Its owner may read every field that is named here. */
const jobFields = {
  id: z.string(),
  uid: z.string(),
  tier: z.string(),
  /** The owner's own words, checked when they came. */
  request: opaque<JobRequest>(),
  requestHash: z.string(),
  status: word<JobStatus>(),
  version: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
  deadlineAt: z.number(),
  endedAt: z.number().nullable(),
  next: next.nullable(),
  checkAt: z.number().nullable(),
  outbox: z.array(effect),
  price: z
    .object({
      credits: z.number(),
      seconds: z.number(),
      imageCredits: z.number(),
      usdPerCredit: z.number(),
    } satisfies Fields<JobPrice>)
    .exactOptional(),
  typical: typical.exactOptional(),
  heldCredits: z.number(),
  chargedCredits: z.number(),
  progressPercent: z.number(),
  cancellation: cancellation.nullable(),
  output: output.nullable(),
  error: publicError.nullable(),
  countsCredits: z.literal(true).exactOptional(),
  batch: z
    .object({ batchId: z.string(), key: z.string(), number: z.number() } satisfies Fields<BatchPlace>)
    .exactOptional(),
  partOf: z
    .object({
      jobId: z.string(),
      name: z.string(),
      reservedByWhole: z.literal(true).exactOptional(),
    } satisfies Fields<PartOf>)
    .exactOptional(),
  pictureToken: z.string().exactOptional(),
  composition: composition.exactOptional(),
  redriveOf: z.string().exactOptional(),
  redrives: z.array(z.string()).exactOptional(),
} satisfies Fields<Omit<Job, "attempts">>;

/** What an owner sees of an attempt: the fields of its view and no others. */
const attemptView = z.object({
  number: z.number(),
  provider: z.string(),
  model: z.string(),
  state: word<AttemptView["state"]>(),
  error: word<ErrorCode>().nullable(),
  createdAt: z.number(),
  acceptedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  costUsd: z.number(),
} satisfies Fields<AttemptView>);

/** `videoJobs/{id}` as it is written. */
const writtenJob = z.object({
  ...jobFields,
  attemptViews: z.array(attemptView),
  attemptCount: z.number(),
  /** Parts of other jobs are not listed: their whole is. */
  isPart: z.boolean(),
  /** Is there a start of which nobody knows whether it was paid? */
  hasUnresolved: z.boolean(),
  /** Of the attempt at work, or the one that made the video. */
  provider: z.string().nullable(),
  model: z.string().nullable(),
  /** As it was expected when the document was written; `remainingSeconds` counts from `updatedAt`. */
  eta: z
    .object({ p50At: z.number(), p90At: z.number(), remainingSeconds: z.number() } satisfies Fields<Eta>)
    .nullable(),
  actualSeconds: z.number().nullable(),
  /** Tells a writer whose answer was lost that the commit it finds is its own. */
  commitId: z.string(),
});

/** What must be known to fetch its attempts. The rest is parsed by `toJob`, when they are there. */
export const jobEnvelope = z.looseObject({
  version: z.number(),
  attemptCount: z.number(),
  commitId: z.string(),
});
export type JobDocument = z.output<typeof jobEnvelope>;

export const jobConverter = converterOf<JobDocument>(writtenJob, jobEnvelope);

const failure = z.object({
  code: word<ErrorCode>(),
  providerCode: z.string().exactOptional(),
  statusCode: z.number().exactOptional(),
  retryAfterMs: z.number().exactOptional(),
  detail: z.string().exactOptional(),
} satisfies Fields<Failure>);

export const attemptSchema = z.object({
  number: z.number(),
  provider: z.string(),
  model: z.string(),
  state: word<AttemptState>(),
  idempotencyKey: z.string(),
  // Plans, decisions and operations are large or a vendor's own: the domain wrote them, no client.
  plan: opaque<GenerationPlan>(),
  adjustments: z.array(adjustment),
  decision: opaque<DecisionRecord>(),
  credentialId: z.string().exactOptional(),
  leaseUntil: z.number(),
  sends: z.number(),
  operation: opaque<Operation>().nullable(),
  createdAt: z.number(),
  acceptedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  timeoutAt: z.number(),
  hedgeAt: z.number().nullable().default(null),
  hedge: z.boolean().default(false),
  typical,
  listedCostUsdMicros: z.number(),
  estimatedCostUsdMicros: z.number(),
  costUsdMicros: z.number().nullable(),
  wasted: z.boolean(),
  failure: failure.nullable(),
  storeTries: z.number(),
  storeTrouble: storeTrouble.exactOptional(),
  cancelRefund: word<NonNullable<Attempt["cancelRefund"]>>().exactOptional(),
  budgets: z.array(budgetScope).exactOptional(),
} satisfies Fields<Attempt>);

/** `videoJobs/{id}/attempts/{n}`, private: with the version of the job it was written with; see `isTorn`. */
const writtenAttempt = attemptSchema.extend({ jobVersion: z.number() });
export const attemptEnvelope = z.looseObject({ jobVersion: z.number() });
export type AttemptDocument = z.output<typeof attemptEnvelope>;

export const attemptConverter = converterOf<AttemptDocument>(writtenAttempt, attemptEnvelope);

const jobSchema = z.object({ ...jobFields, attempts: z.array(attemptSchema) });

export function toJobDocument(job: Job, commitId: string): JobDocument {
  const { provider, model, attempts, eta, actualSeconds } = toView(job, job.updatedAt);
  return {
    ...job,
    attemptViews: attempts,
    attemptCount: attempts.length,
    isPart: job.partOf !== undefined,
    hasUnresolved: job.attempts.some(isUnresolved),
    provider,
    model,
    eta,
    actualSeconds,
    commitId,
  };
}

export function toAttemptDocument(attempt: Attempt, jobVersion: number): AttemptDocument {
  return { ...attempt, jobVersion };
}

/** A job is parsed when all of it is there, since what older versions kept in one place may belong in another. */
export function toJob(document: JobDocument, attempts: readonly AttemptDocument[]): Job {
  // The first version knew one cost before the bill.
  const withListedCost = attempts.map((attempt) => ({
    listedCostUsdMicros: attempt.estimatedCostUsdMicros,
    ...attempt,
  }));
  // What is wrong with a document that no version has written is found by the schema.
  const earlier = { ...document, attempts: withListedCost } as unknown as EarlierJob;
  return jobSchema.parse(upgradeJob(earlier));
}

/**
 * Attempts are read after their job. One that is newer than the job, or gone, means that a commit
 * came in between: together they are a state that never was.
 */
export function isTorn(document: JobDocument, attempts: readonly (AttemptDocument | undefined)[]): boolean {
  return attempts.some((attempt) => attempt === undefined || attempt.jobVersion > document.version);
}
