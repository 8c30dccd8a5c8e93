import type { CreditStore } from "../../engine/ports.js";
import { newAccount } from "../shared/account.js";
import { bookLines, hasLine, type MemoryDatabase } from "./memory-database.js";

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

    async ledger(uid, limit) {
      return [...(ledgers.get(uid)?.values() ?? [])]
        .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        .slice(0, limit);
    },
  };
}
