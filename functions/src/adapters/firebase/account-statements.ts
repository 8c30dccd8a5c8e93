import {
  AggregateField,
  FieldPath,
  type Firestore,
  type Query,
  type QueryDocumentSnapshot,
  type Transaction,
} from "firebase-admin/firestore";
import type { AccountStatement, LedgerEntry } from "../../domain/accounting/credits.js";
import { openAccount } from "./account-document.js";
import { jobsIn, ledgerIn, userDocument, usersIn } from "./paths.js";

/**
 * Accounts beside what their ledgers and jobs sum to. Each is read at one moment: between two reads
 * a job may settle, which would look like lost credits. Sums cost a read for a thousand lines.
 */
export async function readStatements(
  db: Firestore,
  limit: number,
  afterUid: string | null,
): Promise<AccountStatement[]> {
  const byUid = usersIn(db).orderBy(FieldPath.documentId());
  const { docs } = await (afterUid === null ? byUid : byUid.startAfter(afterUid)).limit(limit).get();
  return Promise.all(docs.map((user) => readStatement(db, user)));
}

function readStatement(db: Firestore, { id: uid }: QueryDocumentSnapshot): Promise<AccountStatement> {
  return db.runTransaction(
    async (transaction) => {
      const user = await transaction.get(userDocument(db, uid));
      const ledger = ledgerIn(db, uid);
      const sumOf = (type: LedgerEntry["type"]) =>
        sumField(transaction, ledger.where("type", "==", type), "credits");
      const [grant, hold, capture, release, heldByJobs] = await Promise.all([
        sumOf("grant"),
        sumOf("hold"),
        sumOf("capture"),
        sumOf("release"),
        sumField(transaction, jobsIn(db).where("uid", "==", uid), "heldCredits"),
      ]);
      return {
        uid,
        account: openAccount(user, 0, 0).account.credits,
        ledger: { grant, hold, capture, release },
        heldByJobs,
      };
    },
    // Locks nothing and never has to be repeated.
    { readOnly: true },
  );
}

async function sumField(transaction: Transaction, query: Query, field: string): Promise<number> {
  const result = await transaction.get(query.aggregate({ total: AggregateField.sum(field) }));
  return result.data().total;
}
