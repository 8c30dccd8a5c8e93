import { type Account, type Booking, book, newAccount } from "../../src/adapters/shared/account.js";
import type { BudgetUse } from "../../src/domain/accounting/budget.js";
import type { LedgerEntry } from "../../src/domain/accounting/credits.js";
import type { Batch } from "../../src/domain/batch/batch.js";
import type { Job } from "../../src/domain/job/job.js";

/** The documents that the memory stores of one installation share. */
export interface MemoryDatabase {
  readonly welcomeCredits: number;
  readonly jobs: Map<string, Job>;
  readonly batches: Map<string, Batch>;
  readonly accounts: Map<string, Account>;
  /** Lines by user and by id. */
  readonly ledgers: Map<string, Map<string, LedgerEntry>>;
  /** What days have used, by shard. */
  readonly budgets: Map<string, BudgetUse>;
  /** Budgets of which it was said that they are nearly used up. */
  readonly announcements: Set<string>;
  /** Called with the id of every job that was written or deleted. */
  readonly watchers: Set<(jobId: string) => void>;
}

export function memoryDatabase(options: { welcomeCredits?: number } = {}): MemoryDatabase {
  return {
    welcomeCredits: options.welcomeCredits ?? 0,
    jobs: new Map(),
    batches: new Map(),
    accounts: new Map(),
    ledgers: new Map(),
    budgets: new Map(),
    announcements: new Set(),
    watchers: new Set(),
  };
}

/**
 * A copy of plain data that nobody can change, not even the caller who holds it. Frozen parts are taken
 * for such copies and shared: a job is written many times, and most of it stays as it was.
 */
export function frozenCopy<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  for (const name in copy) {
    const member = copy[name];
    if (typeof member === "object") copy[name] = frozenCopy(member);
  }
  return Object.freeze(copy) as Value;
}

export function hasLine(database: MemoryDatabase, uid: string, entryId: string): boolean {
  return database.ledgers.get(uid)?.has(entryId) ?? false;
}

/** Adds the lines that are not there yet, and changes the account by them. */
export function bookLines(
  database: MemoryDatabase,
  uid: string,
  entries: readonly LedgerEntry[],
  at: number,
): Account {
  const booking = prepareLines(database, uid, entries, at);
  writeLines(database, uid, booking);
  return booking.account;
}

/** What lines would change. `prepare` may refuse by throwing, like the balance; writes nothing. */
export function prepareLines(
  database: MemoryDatabase,
  uid: string,
  entries: readonly LedgerEntry[],
  at: number,
  prepare: (booking: Booking) => Booking = (booking) => booking,
): Booking {
  const known = database.accounts.get(uid);
  const opened =
    known === undefined ? newAccount(uid, database.welcomeCredits, at) : { account: known, lines: [] };
  const fresh = entries.filter((entry) => !hasLine(database, uid, entry.id));
  return book(prepare(opened), fresh);
}

export function writeLines(
  { ledgers, accounts }: MemoryDatabase,
  uid: string,
  { account, lines }: Booking,
): void {
  const ledger = ledgers.get(uid) ?? new Map<string, LedgerEntry>();
  for (const line of lines) ledger.set(line.id, frozenCopy(line));
  ledgers.set(uid, ledger);
  accounts.set(uid, frozenCopy(account));
}
