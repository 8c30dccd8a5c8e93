import { roundOff } from "../money.js";
import type { Policy } from "../policy/policy.js";

/**
 * Credits are whole numbers. A start holds, a stored video captures what was used, the rest is
 * released. For every account, at every moment: granted = balance + held + spent.
 */
export interface CreditAccount {
  readonly granted: number;
  readonly balance: number;
  readonly held: number;
  readonly spent: number;
}

export const emptyAccount: CreditAccount = { granted: 0, balance: 0, held: 0, spent: 0 };

/** One line of the append-only ledger. Its id is derived, so writing it twice writes it once. */
export interface LedgerEntry {
  readonly id: string;
  readonly uid: string;
  readonly type: "grant" | "hold" | "capture" | "release";
  readonly credits: number;
  readonly jobId: string | null;
  readonly at: number;
  readonly note: string;
}

/** The account after an entry, or `null` when its balance does not cover it. */
export function applyEntry(account: CreditAccount, entry: LedgerEntry): CreditAccount | null {
  const { credits } = entry;
  switch (entry.type) {
    case "grant":
      // A grant may be taken back as far as nothing has been held or spent of it.
      if (account.balance + credits < 0) return null;
      return { ...account, granted: account.granted + credits, balance: account.balance + credits };
    case "hold":
      if (account.balance < credits) return null;
      return { ...account, balance: account.balance - credits, held: account.held + credits };
    case "capture":
      return { ...account, held: account.held - credits, spent: account.spent + credits };
    case "release":
      return { ...account, held: account.held - credits, balance: account.balance + credits };
  }
}

export function isBalanced(account: CreditAccount): boolean {
  return (
    account.granted === account.balance + account.held + account.spent &&
    account.balance >= 0 &&
    account.held >= 0
  );
}

/** Of a long video whose segments nobody joins: what of its full price is asked for them. */
export function creditsForSegments(credits: number, policy: Policy): number {
  // Up, or of a single credit nothing would be left.
  return Math.ceil(roundOff(credits * policy.output.playlistPrice));
}

/** An account beside the two things that must explain it. */
export interface AccountStatement {
  readonly uid: string;
  readonly account: CreditAccount;
  /** The ledger, summed by type. */
  readonly ledger: Readonly<Record<LedgerEntry["type"], number>>;
  /** What the jobs of this user hold. */
  readonly heldByJobs: number;
  /** Its lines are on their way to where nothing names the user. */
  readonly isBeingDeleted: boolean;
}

/** What does not agree, one sentence each; empty for an account that is right. */
export function statementProblems({
  account,
  ledger,
  heldByJobs,
  isBeingDeleted,
}: AccountStatement): string[] {
  if (isBeingDeleted) return [];
  const { grant, hold, capture, release } = ledger;
  const { granted, balance, held, spent } = account;
  return [
    ...(isBalanced(account)
      ? []
      : [`granted ${granted} is not balance ${balance} + held ${held} + spent ${spent}, or one is negative`]),
    ...(granted === grant ? [] : [`granted is ${granted}, its grants sum to ${grant}`]),
    ...(held === hold - capture - release
      ? []
      : [`held is ${held}, the ledger leaves ${hold - capture - release}`]),
    ...(spent === capture ? [] : [`spent is ${spent}, its captures sum to ${capture}`]),
    ...(held === heldByJobs ? [] : [`held is ${held}, its jobs hold ${heldByJobs}`]),
  ];
}
