import {
  type BudgetBooking,
  bookBudgets,
  budgetId,
  type StoredBudget,
} from "../../src/adapters/shared/budget-booking.js";
import {
  addUse,
  type BudgetLine,
  type BudgetScope,
  type BudgetUse,
  noUse,
  shardCountOf,
} from "../../src/domain/accounting/budget.js";
import { sumOf } from "../../src/domain/accounting/budget-shards.js";
import { frozenCopy, type MemoryDatabase } from "./memory-database.js";

/** What lines would change. Throws `BudgetExceeded`; writes nothing. */
export function prepareBudgets(
  { budgets, announcements }: MemoryDatabase,
  lines: readonly BudgetLine[],
): BudgetBooking {
  return bookBudgets(
    lines,
    ({ day, scope }): StoredBudget => ({
      shards: shardsOf(budgets, day, scope),
      isAnnounced: announcements.has(budgetId(day, scope, "near")),
    }),
  );
}

export function writeBudgets(
  { budgets, announcements }: MemoryDatabase,
  { changes, nearing }: BudgetBooking,
): void {
  for (const { day, scope, shard, use } of changes) {
    const id = budgetId(day, scope, shard);
    budgets.set(id, frozenCopy(addUse(budgets.get(id) ?? noUse, use)));
  }
  for (const { day, scope } of nearing) announcements.add(budgetId(day, scope, "near"));
}

export function budgetUse({ budgets }: MemoryDatabase, day: string, scope: BudgetScope): BudgetUse {
  return sumOf(shardsOf(budgets, day, scope));
}

function shardsOf(budgets: MemoryDatabase["budgets"], day: string, scope: BudgetScope): BudgetUse[] {
  return Array.from(
    { length: shardCountOf(scope) },
    (_, shard) => budgets.get(budgetId(day, scope, shard)) ?? noUse,
  );
}
