import type { LedgerEntry } from "./credits.js";
import type { ErrorCode, Failure } from "./errors.js";
import type { Observation } from "./health.js";
import type { Attempt, Cancellation, Job, Output } from "./job.js";
import type { UsdMicros } from "./money.js";
import type { Operation, OperationStatus } from "./provider.js";

/** An attempt as the decision made it, before anything was sent. */
export type NewAttempt = Pick<
  Attempt,
  | "number"
  | "provider"
  | "model"
  | "idempotencyKey"
  | "plan"
  | "adjustments"
  | "decision"
  | "typical"
  | "estimatedCostUsdMicros"
>;

/** Everything that can happen to a job. Each names the attempt it speaks of, so a late one is known. */
export type JobEvent =
  /** Written before the paid call. */
  | { readonly type: "start_claimed"; readonly attempt: NewAttempt; readonly leaseUntil: number }
  /** The same start is sent again, with the same key, after its lease ran out. */
  | { readonly type: "start_resent"; readonly attempt: number; readonly leaseUntil: number }
  | {
      readonly type: "start_accepted";
      readonly attempt: number;
      readonly operation: Operation;
      readonly estimatedCostUsdMicros?: UsdMicros;
    }
  /** Turned away for certain, or never sent: nothing was paid. */
  | { readonly type: "start_refused"; readonly attempt: number; readonly failure: Failure }
  /** Sent, perhaps, and not answered. `resendable` where the vendor honours the key. */
  | { readonly type: "start_unanswered"; readonly attempt: number; readonly resendable: boolean }
  | { readonly type: "ambiguity_expired"; readonly attempt: number }
  /** Nobody can take it now, somebody can later. */
  | { readonly type: "start_postponed"; readonly until: number }
  | { readonly type: "start_impossible" }
  | {
      readonly type: "operation_ended";
      readonly attempt: number;
      readonly status: Exclude<OperationStatus, { status: "pending" }>;
    }
  | { readonly type: "attempt_timed_out"; readonly attempt: number }
  | { readonly type: "deadline_passed" }
  | {
      readonly type: "stored";
      readonly attempt: number;
      readonly output: Output;
      readonly credits: number;
    }
  | {
      readonly type: "store_failed";
      readonly attempt: number;
      readonly code: ErrorCode;
      /** `false` when another try cannot help: the file itself is wrong. */
      readonly retry: boolean;
    }
  | { readonly type: "cancel_requested"; readonly by: Cancellation["by"] }
  | { readonly type: "cancel_answered"; readonly attempt: number; readonly confirmed: boolean }
  | { readonly type: "effects_delivered"; readonly ids: readonly string[] };

/** A new state and what must be committed with it. */
export interface Transition {
  readonly job: Job;
  readonly ledger: readonly LedgerEntry[];
  /** What was learned about models; recorded after the commit. */
  readonly observations: readonly Observation[];
}
