import type { DocumentSnapshot, Firestore, WriteBatch } from "firebase-admin/firestore";
import type { LedgerEntry } from "../../domain/accounting/credits.js";
import { type Account, type Booking, book, newAccount } from "../shared/account.js";
import { ledgerDocument, userDocument } from "./paths.js";

/** `users/{uid}` may also hold what has nothing to do with credits, and may hold it first. */
function toAccount(snapshot: DocumentSnapshot): Account | null {
  const data = snapshot.data() as Partial<Account> | undefined;
  if (data?.credits === undefined || data.starts === undefined) return null;
  return { credits: data.credits, starts: data.starts };
}

/** The account as it is, or as it starts. */
export function openAccount(snapshot: DocumentSnapshot, welcomeCredits: number, now: number): Booking {
  const account = toAccount(snapshot);
  return account === null ? newAccount(snapshot.id, welcomeCredits, now) : { account, lines: [] };
}

/**
 * Writes an account and its new lines into a batch. The commit fails when the account is not as it
 * was read, or when one of the lines is there already.
 */
export function writeBooking(
  db: Firestore,
  batch: WriteBatch,
  read: DocumentSnapshot,
  { account, lines }: Booking,
): void {
  if (read.updateTime === undefined) batch.create(read.ref, { ...account });
  else batch.update(read.ref, { ...account }, { lastUpdateTime: read.updateTime });
  for (const line of lines) batch.create(ledgerDocument(db, line.uid, line.id), { ...line });
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
