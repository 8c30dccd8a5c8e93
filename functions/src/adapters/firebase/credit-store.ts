import { FieldPath, type Firestore } from "firebase-admin/firestore";
import type { LedgerEntry } from "../../domain/accounting/credits.js";
import type { CreditStore } from "../../engine/ports/credit-store.js";
import { addLines, openAccount } from "./account-document.js";
import { readStatements } from "./account-statements.js";
import { optimistically } from "./optimistic.js";
import { ledgerDocument, ledgerIn, userDocument } from "./paths.js";

/** Accounts and ledgers in Firestore; the job store writes to the same documents. */
export function firebaseCreditStore(db: Firestore, options: { welcomeCredits?: number } = {}): CreditStore {
  const { welcomeCredits = 0 } = options;
  return {
    async account(uid) {
      const user = await userDocument(db, uid).get();
      return openAccount(user, welcomeCredits, 0).account.credits;
    },

    grant: (entry) =>
      optimistically(async () => {
        const batch = db.batch();
        const account = await addLines(db, batch, entry.uid, [entry], welcomeCredits);
        await batch.commit();
        return account.credits;
      }),

    async entry(uid, entryId) {
      const line = await ledgerDocument(db, uid, entryId).get();
      return (line.data() as LedgerEntry | undefined) ?? null;
    },

    statements: (limit, afterUid) => readStatements(db, limit, afterUid),

    async ledger(uid, limit) {
      const lines = await ledgerIn(db, uid)
        .orderBy("at", "desc")
        .orderBy(FieldPath.documentId(), "desc")
        .limit(limit)
        .get();
      // Written by `writeBooking` and by nothing else.
      return lines.docs.map((line) => line.data() as LedgerEntry);
    },
  };
}
