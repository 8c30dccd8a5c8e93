import type { BudgetLine, BudgetScope } from "../accounting/budget.js";
import type { LedgerEntry } from "../accounting/credits.js";
import type { ErrorCode, Failure } from "../errors.js";
import type { Observation } from "../health/stats.js";
import type { UsdMicros } from "../money.js";
import type { CancelRefund, CancelResult, Operation, OperationStatus } from "../provider/provider.js";
import type { CompositePlan } from "../selection/composite-plan.js";
import type {
  Attempt,
  Cancellation,
  CompositionEstimate,
  Job,
  JobStep,
  Output,
  StoredPart,
  StoreObstacle,
} from "./job.js";

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
  | "hedge"
  | "typical"
  | "estimatedCostUsdMicros"
  | "credentialId"
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
  | {
      readonly type: "start_refused";
      readonly attempt: number;
      /** Which copy of the start it is about, counted from 1; absent for all of them. */
      readonly send?: number;
      readonly failure: Failure;
    }
  /** Sent, perhaps, and not answered. `resendable` where the vendor honours the key. */
  | {
      readonly type: "start_unanswered";
      readonly attempt: number;
      readonly send?: number;
      readonly resendable: boolean;
      /** How long the vendor asks to wait before the next copy. */
      readonly retryAfterMs?: number;
    }
  /** Not sent, because whoever had claimed it was held up, or the job needs it no longer. */
  | { readonly type: "start_withheld"; readonly attempt: number; readonly send: number }
  | { readonly type: "ambiguity_expired"; readonly attempt: number }
  | { readonly type: "ambiguity_resolved"; readonly attempt: number; readonly resolution: Resolution }
  /** Nobody can take it now, somebody can later. */
  | {
      readonly type: "start_postponed";
      readonly until: number;
      readonly waitsFor?: "pause" | "provider";
    }
  | { readonly type: "start_impossible" }
  /** Whoever could take it costs more than a daily budget has left. */
  | {
      readonly type: "budget_exhausted";
      readonly scope: BudgetScope["type"];
      readonly resetAt: number;
    }
  | {
      readonly type: "operation_ended";
      readonly attempt: number;
      readonly status: Exclude<OperationStatus, { status: "pending" }>;
    }
  /** It is made of parts, and of which is decided. */
  | {
      readonly type: "composition_planned";
      readonly plan: CompositePlan;
      readonly estimate: Omit<CompositionEstimate, "plannedAt">;
    }
  /** Parts have come further. */
  | {
      readonly type: "parts_progressed";
      readonly steps: readonly Pick<JobStep, "name" | "percent">[];
      readonly parts: readonly StoredPart[];
    }
  /** Every part is stored. */
  | { readonly type: "parts_ready"; readonly costUsdMicros: UsdMicros }
  /** A part cannot be had, and no other one is still being made. */
  | { readonly type: "part_lost"; readonly code: ErrorCode; readonly costUsdMicros: UsdMicros }
  /** After the end of the whole: none of its parts is open any more. `confirmed`: all were stopped. */
  | {
      readonly type: "parts_stopped";
      readonly confirmed: boolean;
      readonly costUsdMicros: UsdMicros;
      /** What providers keep of those that were not charged by themselves. */
      readonly keptUsdMicros: UsdMicros;
    }
  | { readonly type: "attempt_timed_out"; readonly attempt: number }
  | {
      readonly type: "deadline_passed";
      /** What was paid is made, and only our own storage did not take it. */
      readonly isStorageToBlame?: true;
    }
  | {
      readonly type: "stored";
      /** `null`: it was put together of parts. */
      readonly attempt: number | null;
      readonly output: Output;
      readonly credits: number;
    }
  /** Told before a try to store begins, so that one that ends its process counts as well. */
  | { readonly type: "store_begun"; readonly attempt: number | null }
  | {
      readonly type: "store_failed";
      readonly attempt: number | null;
      readonly code: ErrorCode;
      readonly obstacle: StoreObstacle;
      /** Of a file that came whole, as far as its host says, and was refused. */
      readonly refusedSha256?: string;
      /** What exactly was wrong; kept with the attempt, never shown to a client. */
      readonly reason?: string;
    }
  /** The job that ended in vain was started again, as this one. */
  | { readonly type: "redriven"; readonly jobId: string }
  /** `charged`: what is kept costs its owner something whatever the policy gives away. */
  | { readonly type: "cancel_requested"; readonly by: Cancellation["by"]; readonly charged?: true }
  | {
      readonly type: "cancel_answered";
      readonly attempt: number;
      readonly result: CancelResult;
      readonly refund: CancelRefund;
    }
  /** A generation that nobody waits for has not ended: it is looked for again, or for the last time. */
  | { readonly type: "late_result_due"; readonly attempt: number }
  | { readonly type: "effects_delivered"; readonly ids: readonly string[] };

export type EventOf<Type extends JobEvent["type"]> = Extract<JobEvent, { type: Type }>;

/** What an administrator found out, or decided, about a start that was never answered. */
export type Resolution =
  /** It was accepted: this is the provider's handle. */
  | { readonly type: "attach"; readonly operation: Operation }
  /** It was not: nothing was paid. */
  | { readonly type: "not_accepted" }
  /** Nobody knows: it counts as paid in vain. */
  | { readonly type: "write_off" };

/** A new state and what must be committed with it. */
export interface Transition {
  readonly job: Job;
  readonly ledger: readonly LedgerEntry[];
  /** What was learned about models; recorded after the commit. */
  readonly observations: readonly Observation[];
  /** What it changes in capped budgets; absent when that is nothing. */
  readonly budget?: readonly BudgetLine[];
}
