import type { BudgetScope } from "../accounting/budget.js";
import type { ErrorCode, Failure, PublicError } from "../errors.js";
import type { UsdMicros } from "../money.js";
import type { CancelRefund, GenerationPlan, Operation } from "../provider/provider.js";
import type { Adjustment } from "../request/request.js";
import type { JobRequest } from "../request/scene.js";
import type { CompositePlan } from "../selection/composite-plan.js";
import type { DecisionRecord } from "../selection/record.js";
import type { BatchPlace } from "./batch-place.js";
import type { Composition, PartOf } from "./composite.js";
import type { StoreTrouble } from "./store-patience.js";

/**
 * What a user asked for, from request to finished file. Attempts are its children: each is one
 * generation at one provider, with its own key, operation and cost. `transition()` is the only
 * writer; everything here is plain JSON with times in epoch milliseconds.
 */
export interface Job {
  readonly id: string;
  readonly uid: string;
  readonly tier: string;
  readonly request: JobRequest;
  readonly requestHash: string;
  readonly status: JobStatus;
  /** Grows with every change. Whoever reads it twice knows whether anything has happened. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deadlineAt: number;
  readonly endedAt: number | null;
  readonly attempts: readonly Attempt[];
  /** The job's own next step; polls are timed by the attempt they ask for. */
  readonly next: NextStep | null;
  /** When the sweeper should look, if nothing has happened until then; `null` when nothing is left. */
  readonly checkAt: number | null;
  /** Side effects that are committed but not yet delivered. */
  readonly outbox: readonly Effect[];
  readonly heldCredits: number;
  readonly chargedCredits: number;
  /** 0–100, never going down. */
  readonly progressPercent: number;
  readonly cancellation: Cancellation | null;
  readonly output: Output | null;
  readonly error: PublicError | null;
  /** Set when its credits are counted in a daily budget of its owner. */
  readonly countsCredits?: true;
  /** Set when it was asked for together with others. */
  readonly batch?: BatchPlace;
  /** Set for a part of another job: that one pays, tells its owner, and takes it along when it goes. */
  readonly partOf?: PartOf;
  /** Set for a job that is put together of others. */
  readonly composition?: Composition;
  /** The failed job that its owner or an administrator started again as this one. */
  readonly redriveOf?: string;
  /** The jobs as which this one was started again, oldest first. */
  readonly redrives?: readonly string[];
}

export const openStatuses = ["queued", "generating", "storing"] as const;
export type JobStatus = (typeof openStatuses)[number] | "completed" | "failed" | "cancelled";

export type NextStep =
  | { readonly step: "start"; readonly dueAt: number }
  | { readonly step: "store"; readonly dueAt: number; readonly attempt: number };

export interface Attempt {
  /** 1, 2, 3 … */
  readonly number: number;
  readonly provider: string;
  readonly model: string;
  readonly state: AttemptState;
  /** `${jobId}:a${number}`: written before the paid call, the same for every repetition. */
  readonly idempotencyKey: string;
  readonly plan: GenerationPlan;
  readonly adjustments: readonly Adjustment[];
  readonly decision: DecisionRecord;
  /** Fingerprint of the API key it is started with; absent where there is none, and in old documents. */
  readonly credentialId?: string;
  /** Until when whoever is starting it may be believed to be alive. */
  readonly leaseUntil: number;
  /** How often the start was sent. More than 1 only where the vendor honours the key. */
  readonly sends: number;
  readonly operation: Operation | null;
  readonly createdAt: number;
  readonly acceptedAt: number | null;
  readonly endedAt: number | null;
  /** When it is given up if the provider has not finished. */
  readonly timeoutAt: number;
  /** When a second provider is started beside it, if it has not finished; `null` for never. */
  readonly hedgeAt: number | null;
  /** Was it started beside another attempt that was still running? */
  readonly hedge: boolean;
  readonly typical: { readonly p50Seconds: number; readonly p90Seconds: number };
  /** By our price table. */
  readonly listedCostUsdMicros: UsdMicros;
  /** The same, or what the provider estimated when it accepted the start. */
  readonly estimatedCostUsdMicros: UsdMicros;
  /** What the provider says it billed; `null` while unknown. */
  readonly costUsdMicros: UsdMicros | null;
  /** Paid for, and of no use to the job. */
  readonly wasted: boolean;
  readonly failure: Failure | null;
  /** Tries to store its file that failed. */
  readonly storeTries: number;
  /** What the latest of them met with; absent when none has failed. */
  readonly storeTrouble?: StoreTrouble;
  /** What the provider gives back for a stop; set when it was asked for one, or could no longer be. */
  readonly cancelRefund?: CancelRefund;
  /** Set when other jobs are started instead of a provider; their attempts carry the cost and the blame. */
  readonly composite?: CompositePlan;
  /** The budgets in which it is counted; absent when none was capped when it started. */
  readonly budgets?: readonly BudgetScope[];
}

/**
 * `starting`: the paid call may be under way. `ambiguous`: it was made and never answered.
 * `running`: the provider has it. `abandoned`: given up by us, perhaps still running there; once it has
 * an end nobody asks about it any more.
 */
export type AttemptState =
  | "starting"
  | "ambiguous"
  | "running"
  | "succeeded"
  | "failed"
  | "cancelled"
  | "abandoned";

/** A side effect as data. Delivered at least once; its id makes a repetition harmless. */
export type Effect =
  | { readonly id: string; readonly type: "cancel_operation"; readonly attempt: number }
  | { readonly id: string; readonly type: "notify" }
  /** A part has ended: the whole is looked at. */
  | { readonly id: string; readonly type: "part_ended" }
  | { readonly id: string; readonly type: "tell_batch" };

export interface Cancellation {
  readonly requestedAt: number;
  readonly by: "owner" | "admin";
  /** What the provider said; `confirmed` also when there was nothing to stop. */
  readonly outcome: "requested" | "confirmed" | "unconfirmed";
  readonly refundedCredits: number;
}

/** The finished file, checked. */
export interface Output {
  /** `playlist`: a list of the segments of a video that could not be joined here. */
  readonly medium: "video" | "image" | "playlist";
  readonly path: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly codec: string;
  readonly hasAudio: boolean;
  /** Path of the picture beside it, when the provider or a converter made one. */
  readonly thumbnailPath: string | null;
  /** Where anybody can open it; pictures of scenes are public, videos never. */
  readonly publicUrl?: string;
}

export function isTerminal(job: Job): boolean {
  return job.status === "completed" || job.status === "failed" || job.status === "cancelled";
}

export function findAttempt(job: Job, number: number): Attempt | undefined {
  return job.attempts[number - 1];
}

/** The attempt that is made of other jobs, if any. */
export function compositeAttempt(job: Job | null): Attempt | undefined {
  return job?.attempts.find(({ composite }) => composite !== undefined);
}

/** The attempt whose start is under way or unanswered, if any: there is never more than one. */
export function openStart(job: Job): Attempt | undefined {
  return job.attempts.find((attempt) => attempt.state === "starting" || attempt.state === "ambiguous");
}

/**
 * A start that was never answered, and of which nobody has said yet what became of it: also one that
 * the job no longer waits for, because it may have been paid.
 */
export function isUnresolved(attempt: Attempt): boolean {
  if (attempt.state === "ambiguous") return true;
  return attempt.state === "abandoned" && attempt.operation === null && attempt.costUsdMicros === null;
}

/** Attempts that the provider may still be working on, and whose result we want to see. */
export function watchedAttempts(job: Job): readonly Attempt[] {
  return job.attempts.filter(
    ({ operation, state, endedAt }) =>
      operation !== null && (state === "running" || (state === "abandoned" && endedAt === null)),
  );
}

/** Attempts that a provider accepted, or may have: an unanswered start stays one when it is given up. */
export function paidAttempts(job: Job): number {
  return job.attempts.filter(
    ({ acceptedAt, state }) => acceptedAt !== null || state === "ambiguous" || state === "abandoned",
  ).length;
}

/** Definite refusals with this code at the end of the list, for the same model. */
export function refusalsInRow(job: Job, model: string, code: ErrorCode): number {
  let count = 0;
  for (const attempt of [...job.attempts].reverse()) {
    if (attempt.model !== model || attempt.acceptedAt !== null || attempt.failure?.code !== code) break;
    count += 1;
  }
  return count;
}
