import {
  addUse,
  type BudgetLine,
  type BudgetScope,
  type BudgetUse,
  budgetUnits,
  installation,
  limitOf,
  noUse,
} from "../accounting/budget.js";
import { utcDay } from "../day.js";
import type { Policy } from "../policy/policy.js";
import type { Attempt, Job } from "./job.js";

/** The budgets that a start at this provider is to be counted in, because they are capped. */
export function cappedScopes({ uid, partOf }: Job, provider: string, policy: Policy): BudgetScope[] {
  const ofProvider: BudgetScope = { type: "provider", id: provider };
  const isReserved = partOf?.reservedByWhole === true;
  return capped(isReserved ? [ofProvider] : [{ type: "user", id: uid }, ofProvider, installation], policy);
}

/**
 * The budgets in which a whole reserves what its parts are expected to cost: one that is used up halfway
 * would have the first parts paid for nothing. Whose provider a part is made by is not known yet.
 */
export function scopesOfWhole({ uid }: Job, policy: Policy): BudgetScope[] {
  return capped([{ type: "user", id: uid }, installation], policy);
}

function capped(scopes: readonly BudgetScope[], policy: Policy): BudgetScope[] {
  return scopes.filter((scope) => {
    const limit = limitOf(scope, policy);
    return limit !== null && (limit.usdMicros !== null || limit.seconds !== null);
  });
}

/** What a whole takes for its parts: what is expected, and once they have ended what they cost. */
export function useOfWhole({ composition }: Job): BudgetUse {
  if (composition?.budgets === undefined) return noUse;
  const { costUsdMicros, estimate } = composition;
  return { ...noUse, usdMicros: costUsdMicros ?? estimate?.costUsdMicros ?? 0 };
}

/** What an attempt takes: its estimate until its cost is known, nothing when it was turned away. */
export function useOf(attempt: Attempt): BudgetUse {
  if (attempt.operation === null && attempt.costUsdMicros === 0) return noUse;
  const usdMicros = attempt.costUsdMicros ?? attempt.estimatedCostUsdMicros;
  return { ...noUse, usdMicros, seconds: attempt.plan.durationSeconds };
}

/** What a job takes of its owner's credits: what it holds, later what it charged. */
export function creditUseOf(job: Job): BudgetUse {
  return { ...noUse, credits: job.heldCredits + job.chargedCredits };
}

/**
 * What a step changes in the budgets. Follows from the two states alone, so that reservation and
 * settlement of an attempt always come to what it takes in the end, whatever happened in between.
 */
export function budgetLines(before: Job, after: Job, policy: Policy): BudgetLine[] {
  const lines = after.attempts.flatMap((attempt, index) => {
    const scopes = attempt.budgets ?? [];
    const earlier = before.attempts[index];
    const use = difference(earlier === undefined ? noUse : useOf(earlier), useOf(attempt));
    if (scopes.length === 0 || isNothing(use)) return [];
    return scopes.map((scope) => ({
      scope,
      day: utcDay(attempt.createdAt),
      key: attempt.idempotencyKey,
      use,
      limit: earlier === undefined ? limitOf(scope, policy) : null,
    }));
  });
  lines.push(...wholeLines(before, after, policy));
  if (after.countsCredits !== true) return lines;
  const use = difference(creditUseOf(before), creditUseOf(after));
  return isNothing(use) ? lines : [...lines, { ...creditLine(after), use, limit: null }];
}

function wholeLines(before: Job, after: Job, policy: Policy): BudgetLine[] {
  const use = difference(useOfWhole(before), useOfWhole(after));
  if (isNothing(use)) return [];
  const isReservation = before.composition?.budgets === undefined;
  return (after.composition?.budgets ?? []).map((scope) => ({
    scope,
    day: utcDay(after.composition?.estimate?.plannedAt ?? after.createdAt),
    key: `${after.id}:parts`,
    use,
    limit: isReservation ? limitOf(scope, policy) : null,
  }));
}

/** What a new job reserves of its owner's credits; empty when they are not capped. */
export function firstLines(job: Job, policy: Policy): BudgetLine[] {
  if (job.countsCredits !== true) return [];
  const line = creditLine(job);
  return [{ ...line, use: creditUseOf(job), limit: limitOf(line.scope, policy) }];
}

function creditLine({ uid, createdAt, id }: Job): Pick<BudgetLine, "scope" | "day" | "key"> {
  return { scope: { type: "user", id: uid }, day: utcDay(createdAt), key: id };
}

function difference(before: BudgetUse, after: BudgetUse): BudgetUse {
  const { usdMicros, seconds, credits } = before;
  return addUse(after, { usdMicros: -usdMicros, seconds: -seconds, credits: -credits });
}

function isNothing(use: BudgetUse): boolean {
  return budgetUnits.every((unit) => use[unit] === 0);
}
