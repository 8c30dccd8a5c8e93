import {
  addUse,
  BudgetExceeded,
  type BudgetLimit,
  type BudgetLine,
  type BudgetUse,
  budgetUnits,
  noUse,
  shardCountOf,
  shardOrder,
} from "./budget.js";

/** From this share of a limit on, people should know. */
const warnFrom = 0.8;

/**
 * How a reservation is spread over the shards of its budget: what each of them gets. Every shard has
 * its own share of the limit and a commit checks only the shards that it touches, so starts that do
 * not meet cannot exceed the limit together. Throws `BudgetExceeded`.
 */
export function spread(line: BudgetLine, shards: readonly BudgetUse[]): BudgetUse[] {
  const order = shardOrder(line.key, shards.length);
  const gains = shards.map(() => ({ ...noUse }));
  for (const unit of budgetUnits) {
    const limit = line.limit?.[unit] ?? null;
    const amount = line.use[unit];
    const shares =
      limit === null
        ? null
        : sharesOf(
            amount,
            limit,
            shards.map((shard) => shard[unit]),
            order,
          );
    if (shares === undefined && line.limit !== null)
      throw new BudgetExceeded(line, sumOf(shards), line.limit);
    for (const [index, gain] of gains.entries()) {
      gain[unit] = shares == null ? (index === order[0] ? amount : 0) : (shares[index] ?? 0);
    }
  }
  return gains;
}

/** The shares by shard; `undefined` when there is not enough room. */
function sharesOf(
  amount: number,
  limit: number,
  used: readonly number[],
  order: readonly number[],
): number[] | undefined {
  const shares = used.map(() => 0);
  if (amount <= 0) return shares;
  // A limit that was lowered during the day, or a settlement above its estimate, leaves less than
  // the shards have room for.
  if (sum(used) + amount > limit) return undefined;
  let rest = amount;
  for (const index of order) {
    const room = Math.max(0, quota(limit, used.length, index) - (used[index] ?? 0));
    const share = Math.min(room, rest);
    shares[index] = share;
    rest -= share;
    if (rest <= 0) return shares;
  }
  return undefined;
}

/** Whole numbers that sum to the limit. */
function quota(limit: number, count: number, index: number): number {
  const whole = Math.floor(limit / count);
  return index === 0 ? limit - whole * (count - 1) : whole;
}

/** The shard that a settlement changes, without asking what is in it. */
export function settlingShard({ scope, key }: Pick<BudgetLine, "scope" | "key">): number {
  return shardOrder(key, shardCountOf(scope))[0] ?? 0;
}

export function sumOf(shards: readonly BudgetUse[]): BudgetUse {
  return shards.reduce(addUse, noUse);
}

/** Is a budget used so far that people should know? */
export function isNearing(used: BudgetUse, limit: BudgetLimit): boolean {
  return budgetUnits.some((unit) => {
    const most = limit[unit];
    return most !== null && used[unit] >= most * warnFrom;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
