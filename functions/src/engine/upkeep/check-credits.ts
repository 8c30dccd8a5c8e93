import { type AccountStatement, statementProblems } from "../../domain/accounting/credits.js";
import type { Deps } from "../deps.js";

export interface CreditCheck {
  readonly accounts: number;
  readonly violations: readonly CreditViolation[];
}

export interface CreditViolation {
  readonly uid: string;
  readonly problem: string;
}

const pageSize = 100;

/** Looks through every account for credits that nothing explains. Only reads, and alarms in the log. */
export async function checkCredits(deps: Deps): Promise<CreditCheck> {
  const violations: CreditViolation[] = [];
  let accounts = 0;
  let after: string | null = null;
  for (;;) {
    const statements: AccountStatement[] = await deps.credits.statements(pageSize, after);
    for (const statement of statements) {
      const { uid } = statement;
      accounts += 1;
      for (const problem of statementProblems(statement)) {
        deps.log.error("credits.invariant_violated", { uid, problem });
        violations.push({ uid, problem });
      }
    }
    after = statements.at(-1)?.uid ?? null;
    if (after === null || statements.length < pageSize) break;
  }
  deps.log.info("credits.checked", { accounts, violations: violations.length });
  return { accounts, violations };
}
