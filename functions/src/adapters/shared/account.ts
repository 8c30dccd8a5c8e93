import {
  applyEntry,
  type CreditAccount,
  emptyAccount,
  type LedgerEntry,
} from "../../domain/accounting/credits.js";
import { RequestError } from "../../domain/errors.js";
import type { Deletion } from "../../domain/person/deletion.js";

/** What is kept of a user: the credits, and the videos started in the latest minute of the clock. */
export interface Account {
  readonly credits: CreditAccount;
  readonly starts: { readonly minute: number; readonly count: number };
  /** Set while everything of the user is being deleted: nothing new begins. */
  readonly deletion?: Deletion;
}

/** An account with the ledger lines that explain how it came to be so. */
export interface Booking {
  readonly account: Account;
  readonly lines: readonly LedgerEntry[];
}

const minuteMs = 60_000;

/** A new account, with what every newcomer is given. */
export function newAccount(uid: string, welcomeCredits: number, now: number): Booking {
  const fresh: Booking = { account: { credits: emptyAccount, starts: { minute: 0, count: 0 } }, lines: [] };
  if (welcomeCredits <= 0) return fresh;
  const welcome: LedgerEntry = {
    id: "welcome",
    uid,
    type: "grant",
    credits: welcomeCredits,
    jobId: null,
    at: now,
    note: "welcome",
  };
  return book(fresh, [welcome]);
}

/**
 * Adds ledger lines. Throws `RequestError` when the balance does not cover a hold, and for a hold or a grant
 * of a user whose data are being deleted; what is held already is settled.
 */
export function book(booking: Booking, lines: readonly LedgerEntry[]): Booking {
  const begins = lines.some(({ type }) => type === "hold" || type === "grant");
  if (begins && booking.account.deletion !== undefined) {
    throw new RequestError(
      "being_deleted",
      "Everything of this user is being deleted: nothing new can begin.",
    );
  }
  let { credits } = booking.account;
  for (const line of lines) {
    const next = applyEntry(credits, line);
    if (next === null) throw insufficientCredits(line, credits.balance);
    credits = next;
  }
  return { account: { ...booking.account, credits }, lines: [...booking.lines, ...lines] };
}

/** Adds holds that are wanted together. Throws `RequestError` with their sum when the balance does not cover it. */
export function bookHolds(booking: Booking, holds: readonly LedgerEntry[]): Booking {
  const needed = holds.reduce((sum, { credits }) => sum + credits, 0);
  const available = booking.account.credits.balance;
  if (needed <= available) return book(booking, holds);
  throw new RequestError(
    "insufficient_credits",
    `The ${holds.length} videos need ${needed} credits and ${available} are available.`,
    { needed, available },
  );
}

/** Counts one more start, or several that come together. Throws `RequestError` when the minute has had its share. */
export function countStart(booking: Booking, startsPerMinute: number, now: number, starts = 1): Booking {
  const { account } = booking;
  // An instance whose clock is behind must not open a minute that is already over.
  const minute = Math.max(account.starts.minute, Math.floor(now / minuteMs));
  const count = minute === account.starts.minute ? account.starts.count : 0;
  if (count + starts > startsPerMinute) {
    const retryAt = (minute + 1) * minuteMs;
    throw new RequestError(
      "rate_exceeded",
      `You can start ${startsPerMinute} videos a minute; try again at ${new Date(retryAt).toISOString()}.`,
      { retryAt },
    );
  }
  return { ...booking, account: { ...account, starts: { minute, count: count + starts } } };
}

/**
 * The job was deleted, its ledger lines stay: a second job under the same id would be settled by
 * the lines of the first, that is for nothing.
 */
export function jobIdUsedUp(jobId: string): RequestError {
  return new RequestError(
    "already_exists",
    "requestId: it was used for a video that has been deleted; choose another",
    { jobId },
  );
}

function insufficientCredits({ type, credits }: LedgerEntry, available: number): RequestError {
  const needed = Math.abs(credits);
  const message =
    type === "hold"
      ? `The video needs ${needed} credits and ${available} are available.`
      : `credits: ${needed} cannot be taken back, ${available} are available`;
  return new RequestError("insufficient_credits", message, { needed, available });
}
