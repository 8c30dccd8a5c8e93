import { dayMs } from "../day.js";
import { fraction } from "../hash.js";
import type { UsdMicros } from "../money.js";
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
