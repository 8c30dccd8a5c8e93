import {
  AggregateField,
  type DocumentSnapshot,
  FieldPath,
  type Firestore,
  type Query,
  type QueryDocumentSnapshot,
  type Transaction,
  type WriteBatch,
} from "firebase-admin/firestore";
import type { AccountStatement, LedgerEntry } from "../../domain/accounting/credits.js";
import { uidAsDocumentId, uidOfDocument } from "../../domain/uid.js";
import type { CreditStore } from "../../engine/ports/credit-store.js";
import { type Account, type Booking, book, newAccount } from "../shared/account.js";
import { type AccountDocument, accountConverter } from "./documents/account.js";
import { replace } from "./documents/document.js";
import { optimistically } from "./optimistic.js";
import { jobsIn, ledgerDocument, ledgerIn, userDocument, usersIn } from "./paths.js";

type UserSnapshot = DocumentSnapshot<AccountDocument>;

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
      return (await ledgerDocument(db, uid, entryId).get()).data() ?? null;
    },

    statements: (limit, afterUid) => readStatements(db, limit, afterUid),

    async ledger(uid, limit) {
      const lines = await ledgerIn(db, uid)
        .orderBy("at", "desc")
        .orderBy(FieldPath.documentId(), "desc")
        .limit(limit)
        .get();
      return lines.docs.map((line) => line.data());
    },
  };
}

/** The account as it is, or as it starts. */
export function openAccount(user: UserSnapshot, welcomeCredits: number, now: number): Booking {
  const { credits, starts, deletion } = user.data() ?? {};
  if (credits === undefined || starts === undefined)
    return newAccount(uidOfDocument(user.id), welcomeCredits, now);
  return { account: { credits, starts, ...(deletion === undefined ? {} : { deletion }) }, lines: [] };
}

/**
 * Writes an account and its new lines into a batch. The commit fails when the account is not as it
 * was read, or when one of the lines is there already.
 */
export function writeBooking(
  db: Firestore,
  batch: WriteBatch,
  user: UserSnapshot,
  { account, lines }: Booking,
): void {
  if (user.updateTime === undefined) batch.create(user.ref, account);
  else replace(batch, user.ref, accountConverter, account, user.updateTime);
  for (const line of lines) batch.create(ledgerDocument(db, line.uid, line.id), line);
}

/** Reads the account, leaves out the lines that are there already, and writes the rest into a batch. */
export async function addLines(
  db: Firestore,
  batch: WriteBatch,
  uid: string,
  entries: readonly LedgerEntry[],
  welcomeCredits: number,
): Promise<Account> {
  const [user, ...known] = await db.getAll(
    userDocument(db, uid),
    ...entries.map((entry) => ledgerDocument(db, uid, entry.id)),
  );
  if (user === undefined) throw new Error("the account was not read");
  const fresh = entries.filter((_, index) => known[index]?.exists !== true);
  const booking = book(openAccount(user, welcomeCredits, entries[0]?.at ?? 0), fresh);
  if (fresh.length > 0) writeBooking(db, batch, user, booking);
  return booking.account;
}

/**
 * Accounts beside what their ledgers and jobs sum to. Each is read at one moment: between two reads
 * a job may settle, which would look like lost credits. Sums cost a read for a thousand lines.
 */
async function readStatements(
  db: Firestore,
  limit: number,
  afterUid: string | null,
): Promise<AccountStatement[]> {
  const byUid = usersIn(db).orderBy(FieldPath.documentId());
  const { docs } = await (afterUid === null ? byUid : byUid.startAfter(uidAsDocumentId(afterUid)))
    .limit(limit)
    .get();
  return Promise.all(docs.map((user) => readStatement(db, user)));
}

function readStatement(db: Firestore, { id }: QueryDocumentSnapshot): Promise<AccountStatement> {
  const uid = uidOfDocument(id);
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
      const { account } = openAccount(user, 0, 0);
      return {
        uid,
        account: account.credits,
        isBeingDeleted: account.deletion !== undefined,
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
