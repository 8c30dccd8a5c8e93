import { newAccount } from "../../src/adapters/shared/account.js";
import type { CreditStore } from "../../src/engine/ports/credit-store.js";
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

    entry: async (uid, entryId) => ledgers.get(uid)?.get(entryId) ?? null,

    async statements(limit, afterUid) {
      const uids = [...accounts.keys()].sort().filter((uid) => afterUid === null || uid > afterUid);
      return uids.slice(0, limit).map((uid) => {
        const ledger = { grant: 0, hold: 0, capture: 0, release: 0 };
        for (const { type, credits } of ledgers.get(uid)?.values() ?? []) ledger[type] += credits;
        const own = [...database.jobs.values()].filter((job) => job.uid === uid);
        const heldByJobs = own.reduce((sum, job) => sum + job.heldCredits, 0);
        return { uid, account: current(uid).credits, ledger, heldByJobs };
      });
    },

    async ledger(uid, limit) {
      return [...(ledgers.get(uid)?.values() ?? [])]
        .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        .slice(0, limit);
    },
  };
}
