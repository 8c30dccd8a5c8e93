import {
  addUse,
  type Budget,
  type BudgetLine,
  type BudgetScope,
  type BudgetUse,
  budgetUnits,
  scopeName,
} from "../../domain/accounting/budget.js";
import { isNearing, settlingShard, spread, sumOf } from "../../domain/accounting/budget-shards.js";
import { uidAsDocumentId } from "../../domain/uid.js";

/** A budget as it lies in a store. */
export interface StoredBudget {
  readonly shards: readonly BudgetUse[];
  /** Has it been said today that it is nearly used up? */
  readonly isAnnounced: boolean;
}

export interface BudgetChange {
  readonly scope: BudgetScope;
  readonly day: string;
  readonly shard: number;
  readonly use: BudgetUse;
  /** Holds only while the shard is as it was read; a settlement holds always. */
  readonly isReservation: boolean;
}

export interface BudgetBooking {
  readonly changes: readonly BudgetChange[];
  readonly nearing: readonly Budget[];
}

export function budgetId(day: string, scope: BudgetScope, part: number | "near"): string {
  return uidAsDocumentId(`${day}:${scopeName(scope)}:${part}`);
}

/** Lines that must be checked against what is in the store. */
export function reservations(lines: readonly BudgetLine[]): BudgetLine[] {
  return lines.filter(({ limit }) => limit !== null);
}

/** What lines change in which documents. Throws `BudgetExceeded` when there is no room. */
export function bookBudgets(
  lines: readonly BudgetLine[],
  read: (line: BudgetLine) => StoredBudget,
): BudgetBooking {
  const changes: BudgetChange[] = [];
  const nearing: Budget[] = [];
  for (const line of lines) {
    const { scope, day, use, limit } = line;
    if (limit === null) {
      changes.push({ scope, day, use, shard: settlingShard(line), isReservation: false });
      continue;
    }
    const { shards, isAnnounced } = read(line);
    for (const [shard, gain] of spread(line, shards).entries()) {
      if (budgetUnits.every((unit) => gain[unit] === 0)) continue;
      changes.push({ scope, day, shard, use: gain, isReservation: true });
    }
    const used = addUse(sumOf(shards), use);
    if (!isAnnounced && isNearing(used, limit)) nearing.push({ scope, day, limit, used });
  }
  return { changes, nearing };
}
