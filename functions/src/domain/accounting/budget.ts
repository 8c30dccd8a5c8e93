import { dayMs } from "../day.js";
import { type PublicError, toPublicError } from "../errors.js";
import { fraction } from "../hash.js";
import { microsToUsd, type UsdMicros } from "../money.js";
import type { Policy } from "../policy/policy.js";

/** Whose use of a UTC day is counted and capped. */
export interface BudgetScope {
  readonly type: "user" | "provider" | "installation";
  /** The uid or the provider; `all` for the installation. */
  readonly id: string;
}

/** What a day has used. Seconds are counted as well, since prices drift and quantities do not. */
export interface BudgetUse {
  readonly usdMicros: UsdMicros;
  readonly seconds: number;
  readonly credits: number;
}

/** `null` where nothing is capped. */
export type BudgetLimit = { readonly [Unit in keyof BudgetUse]: number | null };

/** A change of one budget, committed with the change of the job that causes it. */
export interface BudgetLine {
  readonly scope: BudgetScope;
  readonly day: string;
  /** Names the shards in their order: the same when something is reserved and when it is settled. */
  readonly key: string;
  readonly use: BudgetUse;
  /** What must hold afterwards. `null` settles what was reserved, which is never refused. */
  readonly limit: BudgetLimit | null;
}

export const budgetUnits = ["usdMicros", "seconds", "credits"] as const;
export const noUse: BudgetUse = { usdMicros: 0, seconds: 0, credits: 0 };
const noLimit: BudgetLimit = { usdMicros: null, seconds: null, credits: null };

export const installation: BudgetScope = { type: "installation", id: "all" };

export function scopeName({ type, id }: BudgetScope): string {
  return type === "installation" ? type : `${type}:${id}`;
}

/** When the next day begins, and with it an unused budget. */
export function resetTime(day: string): number {
  return Date.parse(day) + dayMs;
}

/** The caps of a scope; `null` when it has none. */
export function limitOf(scope: BudgetScope, { budgets }: Policy): BudgetLimit | null {
  const limit = capsOf(scope, budgets);
  return budgetUnits.every((unit) => limit[unit] === null) ? null : limit;
}

function capsOf({ type, id }: BudgetScope, budgets: Policy["budgets"]): BudgetLimit {
  switch (type) {
    case "user":
      return { ...noLimit, usdMicros: toMicros(budgets.user.usd), credits: budgets.user.credits };
    case "provider": {
      const caps = budgets.providers[id];
      if (caps === undefined) return noLimit;
      return { ...noLimit, usdMicros: toMicros(caps.usd), seconds: caps.seconds };
    }
    case "installation":
      return { ...noLimit, usdMicros: toMicros(budgets.installation.usd) };
  }
}

function toMicros(usd: number | null): UsdMicros | null {
  return usd === null ? null : Math.floor(usd * 1_000_000);
}

export function addUse(a: BudgetUse, b: BudgetUse): BudgetUse {
  return {
    usdMicros: a.usdMicros + b.usdMicros,
    seconds: a.seconds + b.seconds,
    credits: a.credits + b.credits,
  };
}

/**
 * Documents that a budget is split over, so that many starts at once do not meet in one: Firestore
 * sustains about one write a second to a document. One user alone does not start that often.
 */
export function shardCountOf({ type }: BudgetScope): number {
  return type === "user" ? 1 : 8;
}

/** The shards in the order in which a key tries them. */
export function shardOrder(key: string, count: number): number[] {
  const first = Math.floor(fraction(key) * count);
  return Array.from({ length: count }, (_, index) => (first + index) % count);
}

/** A budget has no room for a start. Nothing was written. */
export class BudgetExceeded extends Error {
  readonly scope: BudgetScope;
  readonly day: string;
  readonly used: BudgetUse;
  readonly limit: BudgetLimit;

  constructor(line: Pick<BudgetLine, "scope" | "day">, used: BudgetUse, limit: BudgetLimit) {
    super(`the budget of ${scopeName(line.scope)} on ${line.day} is used up`);
    this.name = "BudgetExceeded";
    this.scope = line.scope;
    this.day = line.day;
    this.used = used;
    this.limit = limit;
  }
}

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
