import type { Deletion } from "../../domain/person/deletion.js";

/** All that is kept of a person, for the deletion of it. Jobs go one by one, as they may have to be stopped. */
export interface PersonStore {
  /** The deletion that is under way. */
  deletion(uid: string): Promise<Deletion | null>;
  /**
   * Marks the account: from this commit on it takes no hold and no grant. When a deletion is under way
   * already that one is returned, and nothing is written.
   */
  begin(deletion: Deletion): Promise<Deletion>;
  /** Writes the next state if the deletion is still as it was read; `null` when somebody else was first. */
  step(current: Deletion, next: Deletion): Promise<Deletion | null>;
  /** Deletions whose next step was due before a time, the oldest first. */
  listDue(before: number, limit: number): Promise<Deletion[]>;
  /** What names a job besides itself: messages and webhooks go, lines of the audit log forget whose it was. */
  removeTraces(deletion: Deletion, jobId: string): Promise<void>;
  /**
   * Removes up to `limit` documents of each kind that name the person, and takes the person out of those
   * that stay. Tells how many there were. Removes jobs that cannot be read as well.
   */
  removeRecords(deletion: Deletion, limit: number): Promise<number>;
  /** Copies ledger lines without the person. Tells the last one by id, `null` when there was none left. */
  copyLedger(deletion: Deletion, limit: number): Promise<string | null>;
  /** Puts the pseudonym's account in the place of this one, which goes with everything below it. */
  closeAccount(deletion: Deletion): Promise<void>;
  /** How many documents there are; writes nothing. */
  count(uid: string): Promise<PersonRecords>;
}

export interface PersonRecords {
  readonly jobs: number;
  readonly attempts: number;
  readonly batches: number;
  readonly ledgerLines: number;
  readonly inboxMessages: number;
  readonly webhookDeliveries: number;
  readonly budgets: number;
  readonly auditLines: number;
  readonly policies: number;
}
