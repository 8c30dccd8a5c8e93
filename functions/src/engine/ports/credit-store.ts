import type { AccountStatement, CreditAccount, LedgerEntry } from "../../domain/accounting/credits.js";

export interface CreditStore {
  account(uid: string): Promise<CreditAccount>;
  /** Applies an entry once; a repetition with the same id changes nothing. */
  grant(entry: LedgerEntry): Promise<CreditAccount>;
  ledger(uid: string, limit: number): Promise<LedgerEntry[]>;
  /** One line; `null` when it was never written. */
  entry(uid: string, entryId: string): Promise<LedgerEntry | null>;
  /** Accounts by uid, each with what its ledger and its jobs say at the same moment. */
  statements(limit: number, afterUid: string | null): Promise<AccountStatement[]>;
}
