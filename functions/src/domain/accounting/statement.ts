import { type CreditAccount, isBalanced, type LedgerEntry } from "./credits.js";

/** An account beside the two things that must explain it. */
export interface AccountStatement {
  readonly uid: string;
  readonly account: CreditAccount;
  /** The ledger, summed by type. */
  readonly ledger: Readonly<Record<LedgerEntry["type"], number>>;
  /** What the jobs of this user hold. */
  readonly heldByJobs: number;
}

/** What does not agree, one sentence each; empty for an account that is right. */
export function statementProblems({ account, ledger, heldByJobs }: AccountStatement): string[] {
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
