import type { Budget, BudgetLine } from "../../domain/accounting/budget.js";
import type { Batch, BatchType } from "../../domain/batch/batch.js";
import type { EndedCursor, JobStart, ListFilter, Page } from "./job-store.js";

export interface BatchStore {
  /**
   * Writes a new batch, all its jobs, their holds and ledger lines in one commit: all or nothing.
   * When the id is taken the batch that is there is returned and nothing is written. Throws like
   * `JobStore.create`, with the figures of all jobs together. `budget`: one line for each budget.
   */
  create(
    batch: Batch,
    starts: readonly JobStart[],
    startsPerMinute: number,
    budget: readonly BudgetLine[],
  ): Promise<CreatedBatch>;
  get(batchId: string): Promise<Batch | null>;
  /** Commits what `decide` makes of the batch as it is now; `null` from it changes nothing. */
  update(batchId: string, decide: (batch: Batch) => Batch | null): Promise<Batch | null>;
  /** Batches of a user, newest first. */
  listByOwner(uid: string, filter: BatchFilter): Promise<Page<Batch>>;
  /** Batches that ended before a time, oldest first. */
  listEnded(before: number, limit: number, after: EndedCursor | null): Promise<Batch[]>;
  /** Removes the batch; its jobs stay. */
  delete(batchId: string): Promise<void>;
}

export interface BatchFilter extends Pick<ListFilter, "limit" | "pageToken"> {
  readonly type?: BatchType;
}

export interface CreatedBatch {
  readonly batch: Batch;
  readonly created: boolean;
  readonly nearing?: readonly Budget[];
}
