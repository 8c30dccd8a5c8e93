import { type PublicError, toPublicError } from "../errors.js";
import { microsToUsd, type UsdMicros } from "../money.js";
import { type BudgetLimit, type BudgetScope, type BudgetUse, resetTime } from "./budget.js";

/** A capped budget as it was read. */
export interface Budget {
  readonly scope: BudgetScope;
  readonly day: string;
  readonly limit: BudgetLimit;
  readonly used: BudgetUse;
}

/** What providers may still be given today, for decisions. */
export type ProviderRoom = Readonly<
  Record<string, { readonly usdMicros: UsdMicros | null; readonly seconds: number | null }>
>;

/** What any start may cost at most, whoever makes it: the least room of user and installation. */
export function usdLeft(budgets: readonly Budget[]): UsdMicros | null {
  const rooms = budgets
    .filter(({ scope }) => scope.type !== "provider")
    .map((budget) => leftOf(budget, "usdMicros"))
    .filter((left) => left !== null);
  return rooms.length === 0 ? null : Math.min(...rooms);
}

export function providerRoom(budgets: readonly Budget[]): ProviderRoom {
  return Object.fromEntries(
    budgets
      .filter(({ scope }) => scope.type === "provider")
      .map((budget) => [
        budget.scope.id,
        { usdMicros: leftOf(budget, "usdMicros"), seconds: leftOf(budget, "seconds") },
      ]),
  );
}

function leftOf({ limit, used }: Budget, unit: keyof BudgetUse): number | null {
  const most = limit[unit];
  return most === null ? null : Math.max(0, most - used[unit]);
}

/** The budget that stands in the way of a start that costs this, the widest first. */
export function blockingBudget(budgets: readonly Budget[], costUsdMicros: UsdMicros): Budget | undefined {
  const widestFirst = ["installation", "user", "provider"] as const;
  const blocking = budgets.filter((budget) => {
    const left = leftOf(budget, "usdMicros");
    return budget.scope.type === "provider" || (left !== null && left < costUsdMicros);
  });
  return widestFirst.flatMap((type) => blocking.filter(({ scope }) => scope.type === type))[0];
}

/** What a client may know: its own figures, and of others' budgets only that nothing is left. */
export function describeExceeded({ scope, day, limit, used }: Budget): {
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
} {
  const resetAt = resetTime(day);
  const figures = scope.type === "user" ? { limit: capped(limit, limit), used: capped(used, limit) } : {};
  return { message: sentence(scope.type, resetAt), details: { scope: scope.type, ...figures, resetAt } };
}

/** The error of a job that a budget has ended. */
export function budgetError(scope: BudgetScope["type"], resetAt: number): PublicError {
  return { ...toPublicError("budget_exceeded", sentence(scope, resetAt)), details: { scope, resetAt } };
}

const names = {
  user: "Your daily budget",
  provider: "The daily budget of a provider",
  installation: "The daily budget of this installation",
} as const;

function sentence(scope: BudgetScope["type"], resetAt: number): string {
  return `${names[scope]} is used up; it is new at ${new Date(resetAt).toISOString()}.`;
}

/** The figures of what is capped, in the words that clients know. */
function capped({ usdMicros, credits }: BudgetLimit, limit: BudgetLimit) {
  return {
    ...(limit.usdMicros === null ? {} : { usd: microsToUsd(usdMicros ?? 0) }),
    ...(limit.credits === null ? {} : { credits }),
  };
}
