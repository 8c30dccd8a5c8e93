import { type Account, type Booking, book, newAccount } from "../../src/adapters/shared/account.js";
import {
  type BudgetBooking,
  bookBudgets,
  budgetId,
  type StoredBudget,
} from "../../src/adapters/shared/budget-booking.js";
import {
  addUse,
  type BudgetLine,
  type BudgetScope,
  type BudgetUse,
  noUse,
  shardCountOf,
} from "../../src/domain/accounting/budget.js";
import { sumOf } from "../../src/domain/accounting/budget-shards.js";
import type { LedgerEntry } from "../../src/domain/accounting/credits.js";
import type { Batch } from "../../src/domain/batch/batch.js";
import type { Job } from "../../src/domain/job/job.js";
import type { CreditStore } from "../../src/engine/ports/credit-store.js";

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
  /** Budgets that were already announced as nearly used up. */
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
function bookLines(
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

/** Accounts and ledgers in this process; shares them with the job store of the same database. */
export function memoryCreditStore(database: MemoryDatabase): CreditStore {
  const { accounts, ledgers, welcomeCredits } = database;
  const current = (uid: string) => accounts.get(uid) ?? newAccount(uid, welcomeCredits, 0).account;
  return {
    account: async (uid) => current(uid).credits,

    async grant(entry) {
      if (hasLine(database, entry.uid, entry.id)) return current(entry.uid).credits;
      return bookLines(database, entry.uid, [entry], entry.at).credits;
    },

    entry: async (uid, entryId) => ledgers.get(uid)?.get(entryId) ?? null,

    async statements(limit, afterUid) {
      const uids = [...accounts.keys()].sort().filter((uid) => afterUid === null || uid > afterUid);
      return uids.slice(0, limit).map((uid) => {
        const ledger = { grant: 0, hold: 0, capture: 0, release: 0 };
        for (const { type, credits } of ledgers.get(uid)?.values() ?? []) ledger[type] += credits;
        const own = [...database.jobs.values()].filter((job) => job.uid === uid);
        const heldByJobs = own.reduce((sum, job) => sum + job.heldCredits, 0);
        const { credits, deletion } = current(uid);
        return { uid, account: credits, ledger, heldByJobs, isBeingDeleted: deletion !== undefined };
      });
    },

    async ledger(uid, limit) {
      return [...(ledgers.get(uid)?.values() ?? [])]
        .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        .slice(0, limit);
    },
  };
}

/** What lines would change. Throws `BudgetExceeded`; writes nothing. */
export function prepareBudgets(
  { budgets, announcements }: MemoryDatabase,
  lines: readonly BudgetLine[],
): BudgetBooking {
  return bookBudgets(
    lines,
    ({ day, scope }): StoredBudget => ({
      shards: shardsOf(budgets, day, scope),
      isAnnounced: announcements.has(budgetId(day, scope, "near")),
    }),
  );
}

export function writeBudgets(
  { budgets, announcements }: MemoryDatabase,
  { changes, nearing }: BudgetBooking,
): void {
  for (const { day, scope, shard, use } of changes) {
    const id = budgetId(day, scope, shard);
    budgets.set(id, frozenCopy(addUse(budgets.get(id) ?? noUse, use)));
  }
  for (const { day, scope } of nearing) announcements.add(budgetId(day, scope, "near"));
}

export function budgetUse({ budgets }: MemoryDatabase, day: string, scope: BudgetScope): BudgetUse {
  return sumOf(shardsOf(budgets, day, scope));
}

function shardsOf(budgets: MemoryDatabase["budgets"], day: string, scope: BudgetScope): BudgetUse[] {
  return Array.from(
    { length: shardCountOf(scope) },
    (_, shard) => budgets.get(budgetId(day, scope, shard)) ?? noUse,
  );
}
