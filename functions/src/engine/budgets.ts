import {
  type Budget,
  type BudgetScope,
  blockingBudget,
  describeExceeded,
  installation,
  limitOf,
  noUse,
  providerRoom,
  scopeName,
  usdLeft,
} from "../domain/accounting/budget.js";
import { utcDay } from "../domain/day.js";
import { RequestError } from "../domain/errors.js";
import type { Job } from "../domain/job/job.js";
import type { Policy } from "../domain/policy/policy.js";
import type { DecisionRecord } from "../domain/selection/record.js";
import type { SelectionContext } from "../domain/selection/selection.js";
import type { Deps } from "./deps.js";

/** Today's capped budgets that a start of this user would be counted in. Reads nothing where none is. */
export function readBudgets(deps: Deps, uid: string, policy: Policy): Promise<Budget[]> {
  return readCapped(deps, [{ type: "user", id: uid }, ...sharedScopes(policy)], policy);
}

/** The same for a job: a part whose whole has reserved for it is counted in its provider's alone. */
export async function readBudgetsOf(deps: Deps, { uid, partOf }: Job, policy: Policy): Promise<Budget[]> {
  const budgets = await readBudgets(deps, uid, policy);
  return partOf?.reservedByWhole === true
    ? budgets.filter(({ scope }) => scope.type === "provider")
    : budgets;
}

/** Today's capped budgets that belong to no user. */
export function readSharedBudgets(deps: Deps, policy: Policy): Promise<Budget[]> {
  return readCapped(deps, sharedScopes(policy), policy);
}

function sharedScopes({ budgets }: Policy): BudgetScope[] {
  return [installation, ...Object.keys(budgets.providers).map((id) => ({ type: "provider" as const, id }))];
}

async function readCapped(deps: Deps, scopes: readonly BudgetScope[], policy: Policy): Promise<Budget[]> {
  const capped = scopes.flatMap((scope) => {
    const limit = limitOf(scope, policy);
    return limit === null ? [] : [{ scope, limit }];
  });
  if (capped.length === 0) return [];
  const day = utcDay(deps.now());
  const used = await deps.jobs.budgetUse(
    day,
    capped.map(({ scope }) => scope),
  );
  return capped.map((budget, index) => ({ ...budget, day, used: used[index] ?? noUse }));
}

/** What budgets leave to a decision. */
export function budgetContext(
  budgets: readonly Budget[],
): Required<Pick<SelectionContext, "budgetLeftUsdMicros" | "providerRoom">> {
  return { budgetLeftUsdMicros: usdLeft(budgets), providerRoom: providerRoom(budgets) };
}

/** The budget for want of which a decision found nobody; `undefined` when it was something else. */
export function missingBudget(record: DecisionRecord, budgets: readonly Budget[]): Budget | undefined {
  const refused = record.decision.rejected
    .filter(({ reason }) => reason === "budget_exceeded")
    .map(({ model }) => record.facts.find((facts) => facts.model === model)?.costUsdMicros ?? 0);
  return refused.length === 0 ? undefined : blockingBudget(budgets, Math.min(...refused));
}

export function budgetRefusal(budget: Budget): RequestError {
  const { message, details } = describeExceeded(budget);
  return new RequestError("budget_exceeded", message, details);
}

/** One line a day for each budget that is nearly used up. */
export function announce(deps: Deps, nearing: readonly Budget[] = []): void {
  for (const { scope, day, limit, used } of nearing) {
    deps.log.warn("budget.nearing", {
      scope: scopeName(scope),
      day,
      usedUsdMicros: used.usdMicros,
      limitUsdMicros: limit.usdMicros,
      usedSeconds: used.seconds,
      limitSeconds: limit.seconds,
      usedCredits: used.credits,
      limitCredits: limit.credits,
    });
  }
}
