import type { BudgetScope } from "../accounting/budget.js";
import type { JobPrice } from "../accounting/price.js";
import type { Failure, PublicError } from "../errors.js";
import type { UsdMicros } from "../money.js";
import type { CancelRefund, GenerationPlan, Operation } from "../provider/provider.js";
import type { Adjustment } from "../request/request.js";
import type { JobRequest } from "../request/scene.js";
import type { CompositePlan } from "../selection/composite-plan.js";
import type { DecisionRecord } from "../selection/record.js";

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
  /** What it costs its owner; of a part, what its making may take. Absent in old documents. */
  readonly price?: JobPrice;
  /** What its first choice usually takes, as it was when the job was accepted; absent where nobody was asked. */
  readonly typical?: TypicalSeconds;
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
  /** Random, and part of the name of the picture that the job makes: anybody who knows it may open it. */
  readonly pictureToken?: string;
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
  /** `waitsFor`: why it is not started at once, when nobody can take it now. */
  | { readonly step: "start"; readonly dueAt: number; readonly waitsFor?: "pause" | "provider" }
  /** Of a job that is made of parts: write down how far they are, and begin those that may begin. */
  | { readonly step: "advance"; readonly dueAt: number }
  | StoreStep;

/** Store the file of an attempt; `null` for one that is put together of parts. */
export interface StoreStep {
  readonly step: "store";
  readonly dueAt: number;
  readonly attempt: number | null;
  /** Tries that were begun and have told no end; absent for none. More than a few mean that processes die of it. */
  readonly begun?: number;
}

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
  readonly typical: TypicalSeconds;
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
  /** The budgets in which it is counted; absent when none was capped when it started. */
  readonly budgets?: readonly BudgetScope[];
}

export interface TypicalSeconds {
  readonly p50Seconds: number;
  readonly p90Seconds: number;
}

export type AttemptState =
  /** The paid call may be under way. */
  | "starting"
  /** It was made and not answered, and the job waits until somebody knows. */
  | "ambiguous"
  /** The same, and the job waits no longer. Nobody has said yet what became of it. */
  | "unanswered"
  /** The same, and nobody will find out: it counts as paid in vain. */
  | "written_off"
  /** The provider has it. */
  | "running"
  /** The provider has it, or has had it, and the job goes on without it: its result is still asked for. */
  | "given_up"
  /** It was asked for until it was not worth asking any more, and never had an end. */
  | "lost"
  | "succeeded"
  | "failed"
  | "cancelled";

/** A side effect as data. Delivered at least once; its id makes a repetition harmless. */
export type Effect =
  | { readonly id: string; readonly type: "cancel_operation"; readonly attempt: number }
  | { readonly id: string; readonly type: "notify" }
  /** A part has ended: the whole is looked at. */
  | { readonly id: string; readonly type: "part_ended" }
  /** The whole has ended: parts that are still open are of use to nobody. */
  | { readonly id: string; readonly type: "stop_parts" }
  | { readonly id: string; readonly type: "tell_batch" };

export interface Cancellation {
  readonly requestedAt: number;
  /** `deadline`: one that its caller had named, and that passed before the work had its usual time. */
  readonly by: "owner" | "admin" | "deadline";
  /** What the provider said; `confirmed` also when there was nothing to stop. */
  readonly outcome: "requested" | "confirmed" | "unconfirmed";
  /** Given back so far. What the job still holds depends on a start whose outcome is not known yet. */
  readonly refundedCredits: number;
  /** Charged for what providers keep of the work that was stopped. */
  readonly chargedCredits: number;
  /** The attempts that were of use until then; absent when there was none, and in old documents. */
  readonly stopped?: readonly number[];
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

/** The place of a job in a batch; kept with the job, so that its end can be told. */
export interface BatchPlace {
  readonly batchId: string;
  readonly key: string;
  /** Which try of the item it is, from 1. */
  readonly number: number;
}

/** The place of a job in another. Parts hold no credits: the whole pays. */
export interface PartOf {
  readonly jobId: string;
  readonly name: string;
  /** Set when the whole has reserved for it in the budgets of its owner and of the installation. */
  readonly reservedByWhole?: true;
}

/** What is known of a job that is made of parts; commits of the whole, not of its parts. */
export interface Composition {
  /** What it is made of. Absent until it is decided; a later try begins with that of the earlier one. */
  readonly plan?: CompositePlan;
  /** What the decision expects; absent until this job, not an earlier try, is decided. */
  readonly estimate?: CompositionEstimate;
  /** In the order in which they were reached. */
  readonly steps: readonly JobStep[];
  readonly parts: readonly StoredPart[];
  /** The budgets in which all its parts are counted from when it is planned; absent when none was capped. */
  readonly budgets?: readonly BudgetScope[];
  /** When the last part was stored; absent before. */
  readonly readyAt?: number;
  /** What all parts have cost, as far as that was known when they ended. */
  readonly costUsdMicros?: UsdMicros;
  /** Tries to store the file of the whole that failed, and what the latest of them met with. */
  readonly storing?: { readonly tries: number; readonly trouble: StoreTrouble };
}

export interface CompositionEstimate {
  readonly plannedAt: number;
  readonly adjustments: readonly Adjustment[];
  readonly costUsdMicros: UsdMicros;
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  /** Of each segment, in their order; absent for scenes and in old documents. */
  readonly segmentCostsUsdMicros?: readonly UsdMicros[];
}

/** `<part>_made`: the provider has finished it. `<part>_stored`: the file is ours and checked. */
export type StepName =
  | "initialised"
  | "planned"
  | `${string}_made`
  | `${string}_stored`
  | "finalising"
  | "finished";

export interface JobStep {
  readonly name: StepName;
  readonly percent: number;
  readonly at: number;
}

/** A part that is made, stored and checked. It stays when the whole fails after all. */
export interface StoredPart {
  readonly name: string;
  /** The job that made it: one of an earlier try where this is a retry. */
  readonly jobId: string;
  readonly output: Output;
  /** Credits that were charged for it by itself. */
  readonly chargedCredits: number;
  /** Set when it was charged by itself in an earlier try. */
  readonly paidBefore?: true;
}

/** Why a finished file could not be stored: who has to do better for another try to succeed. */
export type StoreObstacle =
  /** The file is wrong, and will be the next time. */
  | "bad_file"
  /** It came cut off, was gone, is not what was asked for or could not be converted: that may be bad luck. */
  | "doubtful_file"
  /** The provider or its files cannot be reached. */
  | "out_of_reach"
  /** Our bucket, our checks or our converter do not work: that says nothing about the file. */
  | "own_trouble";

/** An obstacle that was met by every try since then. */
export interface StoreTrouble {
  readonly obstacle: StoreObstacle;
  readonly since: number;
  readonly tries: number;
  /** Of the latest whole file that was refused, whatever was met since; absent when there was none. */
  readonly refusedSha256?: string;
}

export function isTerminal(job: Job): boolean {
  return job.status === "completed" || job.status === "failed" || job.status === "cancelled";
}

export function findAttempt(job: Job, number: number): Attempt | undefined {
  return job.attempts[number - 1];
}

/** The attempt whose start is under way or unanswered, if any: there is never more than one. */
export function openStart(job: Job): Attempt | undefined {
  return job.attempts.find(isOpenStart);
}

export function isOpenStart({ state }: Attempt): boolean {
  return state === "starting" || state === "ambiguous";
}

/**
 * A start that was never answered, and of which nobody has said yet what became of it: also one that
 * the job no longer waits for, because it may have been paid.
 */
export function isUnresolved({ state }: Attempt): boolean {
  return state === "ambiguous" || state === "unanswered";
}

/** Attempts that the provider may still be working on, and whose result we want to see. */
export function watchedAttempts(job: Job): readonly Attempt[] {
  return job.attempts.filter(({ state }) => state === "running" || state === "given_up");
}

/** Attempts that a provider accepted, or may have: an unanswered start stays one when it is given up. */
export function paidAttempts(job: Job): number {
  return job.attempts.filter(
    (attempt) => attempt.acceptedAt !== null || isUnresolved(attempt) || attempt.state === "written_off",
  ).length;
}
