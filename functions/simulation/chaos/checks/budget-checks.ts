import {
  addUse,
  type BudgetScope,
  type BudgetUse,
  budgetUnits,
  limitOf,
  noUse,
  scopeName,
} from "../../../src/domain/accounting/budget.js";
import { utcDay } from "../../../src/domain/day.js";
import { useOf } from "../../../src/domain/job/budget-lines.js";
import type { Attempt, Job } from "../../../src/domain/job/job.js";
import { budgetUse } from "../../memory/memory-database.js";
import type { Report } from "../record.js";
import type { ChaosWorld } from "../world/world.js";

/** What a budget of a day should come to. */
interface Sum {
  readonly scope: BudgetScope;
  readonly day: string;
  readonly use: BudgetUse;
  /** What attempts cost above their listed price: a budget may exceed its limit by that. */
  readonly dearerUsdMicros: number;
}

/** The use of every day is the sum over what was counted in it, and within its limit. */
export function checkBudgets({ database, swarm }: ChaosWorld, report: Report): void {
  const sums = sumUp([...database.jobs.values()]);
  let [expected, found] = [noUse, noUse];
  for (const sum of sums.values()) {
    const used = budgetUse(database, sum.day, sum.scope);
    expected = addUse(expected, sum.use);
    const where = `${scopeName(sum.scope)} on ${sum.day}`;
    if (!isSame(used, sum.use)) {
      const detail = `${where} has used ${JSON.stringify(used)}, and its attempts ${JSON.stringify(sum.use)}`;
      report({ kind: "wrongBalance", jobId: "", detail });
    }
    const limit = limitOf(sum.scope, swarm.policy);
    for (const unit of budgetUnits) {
      const most =
        (limit?.[unit] ?? Number.POSITIVE_INFINITY) + (unit === "usdMicros" ? sum.dearerUsdMicros : 0);
      if (used[unit] <= most) continue;
      const detail = `${where} has used ${used[unit]} ${unit} of ${most}`;
      report({ kind: "windowExceeded", jobId: "", detail });
    }
  }
  for (const use of database.budgets.values()) found = addUse(found, use);
  if (!isSame(found, expected)) {
    const detail = `budgets hold ${JSON.stringify(found)}, of which ${JSON.stringify(expected)} is explained`;
    report({ kind: "wrongBalance", jobId: "", detail });
  }
}

function sumUp(jobs: readonly Job[]): ReadonlyMap<string, Sum> {
  const sums = new Map<string, Sum>();
  const count = (scope: BudgetScope, at: number, use: BudgetUse, dearerUsdMicros: number) => {
    const day = utcDay(at);
    const key = `${day} ${scopeName(scope)}`;
    const before = sums.get(key) ?? { use: noUse, dearerUsdMicros: 0 };
    const dearer = before.dearerUsdMicros + dearerUsdMicros;
    sums.set(key, { scope, day, use: addUse(before.use, use), dearerUsdMicros: dearer });
  };
  for (const job of jobs) {
    for (const attempt of job.attempts) {
      const use = wasNeverBegun(attempt) ? noUse : useOf(attempt);
      const dearer = Math.max(0, use.usdMicros - attempt.listedCostUsdMicros);
      for (const scope of attempt.budgets ?? []) count(scope, attempt.createdAt, use, dearer);
    }
    if (job.countsCredits !== true) continue;
    const credits = job.heldCredits + job.chargedCredits;
    count({ type: "user", id: job.uid }, job.createdAt, { ...noUse, credits }, 0);
  }
  return sums;
}

/** Nothing was started, so nothing of it may stay reserved. */
function wasNeverBegun({ state, operation }: Attempt): boolean {
  return operation === null && (state === "failed" || state === "cancelled");
}

function isSame(a: BudgetUse, b: BudgetUse): boolean {
  return budgetUnits.every((unit) => Math.abs(a[unit] - b[unit]) < 1e-6);
}
