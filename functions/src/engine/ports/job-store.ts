import type { Budget, BudgetLine, BudgetScope, BudgetUse } from "../../domain/accounting/budget.js";
import type { LedgerEntry } from "../../domain/accounting/credits.js";
import type { AttemptCost } from "../../domain/accounting/drift.js";
import type { Transition } from "../../domain/job/event.js";
import type { Job, JobStatus } from "../../domain/job/job.js";
import type { Operation } from "../../domain/provider/provider.js";
import type { DecisionRecord } from "../../domain/selection/record.js";

export interface JobStore {
  /**
   * Writes a new job, its hold and its ledger line in one commit. When the id is taken the job that
   * is there is returned and nothing is written. Throws `RequestError` with `insufficient_credits`, or with
   * `rate_exceeded` when the owner has started that many in the last minute, and `BudgetExceeded`.
   * A part of another job has no hold: nobody's account is touched, and it counts as no start.
   */
  create(
    job: Job,
    hold: LedgerEntry | null,
    startsPerMinute: number,
    budget?: readonly BudgetLine[],
  ): Promise<Created>;
  get(jobId: string): Promise<Job | null>;
  /** Calls back with the job now and after each change, until the returned function is called. */
  watch(jobId: string, onChange: (job: Job | null) => void): () => void;
  /**
   * Commits what `decide` makes of the job as it is now, together with its ledger lines. `decide`
   * is pure and may run more than once. Returns `null` when it absorbed the event. Throws
   * `BudgetExceeded`, and has written nothing, when a budget has no room for what it reserves.
   */
  update(jobId: string, decide: (job: Job) => Transition | null): Promise<Committed | null>;
  /** What a day has used of some budgets, reservations included; in the order of the scopes. */
  budgetUse(day: string, scopes: readonly BudgetScope[]): Promise<BudgetUse[]>;
  listByOwner(uid: string, filter: ListFilter): Promise<Page<Job>>;
  /** Every job of an owner, also the parts of others, by id. */
  listAllOf(uid: string, limit: number, afterId: string | null): Promise<Job[]>;
  /** Jobs whose `checkAt` has passed, oldest first. */
  listDue(now: number, limit: number, after: DueCursor | null): Promise<Job[]>;
  /** Open jobs for an administrator's status check, oldest first. */
  listOpen(filter: { status?: JobStatus; limit: number }): Promise<Job[]>;
  /** Jobs that ended before a time, oldest first. */
  listEnded(before: number, limit: number, after: EndedCursor | null): Promise<Job[]>;
  /** Jobs with an attempt that is unresolved, oldest first. */
  listUnresolved(limit: number): Promise<Job[]>;
  /** The attempt that has one of these handles of a provider, 30 at most, if any attempt has. */
  findOperation(provider: string, handles: readonly Operation[]): Promise<AttemptPlace | null>;
  /** What was decided last, over all jobs, newest first. */
  listDecisions(limit: number): Promise<StoredDecision[]>;
  /** What attempts have cost, over all jobs, the latest end first. */
  listCosts(limit: number): Promise<AttemptCost[]>;
  /** Removes the job with its attempts; ledger lines stay. */
  delete(jobId: string): Promise<void>;
}

/** A job that is to be written, and what it holds. */
export interface JobStart {
  readonly job: Job;
  readonly hold: LedgerEntry;
}

export interface Created {
  readonly job: Job;
  readonly created: boolean;
  readonly nearing?: readonly Budget[];
}

export interface Committed extends Transition {
  /** Budgets that this commit brought near their limit; each is named once a day. */
  readonly nearing?: readonly Budget[];
}

export interface ListFilter {
  readonly status?: JobStatus;
  readonly limit: number;
  readonly pageToken?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string | null;
}

export interface DueCursor {
  readonly checkAt: number;
  readonly jobId: string;
}

/** The last job or batch of a page. */
export interface EndedCursor {
  readonly endedAt: number;
  readonly id: string;
}

export interface AttemptPlace {
  readonly jobId: string;
  readonly attempt: number;
}

/** The decision that an attempt was started by. */
export interface StoredDecision extends AttemptPlace {
  readonly record: DecisionRecord;
  readonly createdAt: number;
}
