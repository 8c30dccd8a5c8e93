import type { LedgerEntry } from "../../domain/credits.js";
import type { Job } from "../../domain/job.js";
import { type Account, type Booking, book, newAccount } from "../shared/account.js";

/** The documents that the memory stores of one installation share. */
export interface MemoryDatabase {
  readonly welcomeCredits: number;
  readonly jobs: Map<string, Job>;
  readonly accounts: Map<string, Account>;
  /** Lines by user and by id. */
  readonly ledgers: Map<string, Map<string, LedgerEntry>>;
  /** Called with the id of every job that was written or deleted. */
  readonly watchers: Set<(jobId: string) => void>;
}

export function memoryDatabase(options: { welcomeCredits?: number } = {}): MemoryDatabase {
  return {
    welcomeCredits: options.welcomeCredits ?? 0,
    jobs: new Map(),
    accounts: new Map(),
    ledgers: new Map(),
    watchers: new Set(),
  };
}

/** A copy that nobody can change, not even the caller who holds it. */
export function frozenCopy<Value>(value: Value): Value {
  return deepFreeze(structuredClone(value));
}

export function hasLine(database: MemoryDatabase, uid: string, entryId: string): boolean {
  return database.ledgers.get(uid)?.has(entryId) ?? false;
}

/**
 * Adds the lines that are not there yet, and changes the account by them. `prepare` may refuse by
 * throwing: then nothing has happened.
 */
export function bookLines(
  database: MemoryDatabase,
  uid: string,
  entries: readonly LedgerEntry[],
  at: number,
  prepare: (booking: Booking) => Booking = (booking) => booking,
): Account {
  const known = database.accounts.get(uid);
  const opened =
    known === undefined ? newAccount(uid, database.welcomeCredits, at) : { account: known, lines: [] };
  const fresh = entries.filter((entry) => !hasLine(database, uid, entry.id));
  const { account, lines } = book(prepare(opened), fresh);
  const ledger = database.ledgers.get(uid) ?? new Map<string, LedgerEntry>();
  for (const line of lines) ledger.set(line.id, frozenCopy(line));
  database.ledgers.set(uid, ledger);
  database.accounts.set(uid, frozenCopy(account));
  return account;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
