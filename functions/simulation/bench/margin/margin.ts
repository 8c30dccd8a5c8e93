import { defaultPolicy } from "../../../src/domain/policy/policy.js";
import { median, rounded, textTable } from "../../kit/figures.js";
import { wholeCatalogue } from "../../kit/sample-traffic.js";
import type { Bench, BenchOptions } from "../bench.js";
import { isWorse, searchStrategies } from "./search.js";
import { shapeMargins } from "./shapes.js";
import type { StrategyResult } from "./strategy.js";

export interface MarginResult {
  /** Over every shape of a request that a model accepts. */
  readonly usdPerCredit: { readonly min: number; readonly median: number; readonly max: number };
  /** Shapes × models that were priced. */
  readonly shapes: number;
  readonly strategies: number;
  /** Of a strategy that costs vendors something and its users nothing, `usdPerCredit` is `null`. */
  readonly worst: StrategyResult;
  /** What the policy says that a credit is worth. */
  readonly usdPerCreditWorth: number;
  /** The most that a credit may cost at vendors. */
  readonly goal: number;
  readonly met: boolean;
}

const defaultStrategies = 400;
const quickStrategies = 40;

export const margin: Bench<MarginResult> = {
  name: "margin",
  about:
    "What one credit costs at vendors, under the built-in policy. First every shape of a request (kind, length, " +
    "size, quality, sound, segments, scenes) at every model that accepts it: its price against its cost. Then the " +
    "worst strategy of three users that a search finds: creating, flooding, cancelling at every moment from queued " +
    "to stored, retrying, calling parts by their ids, refreshing and waiting, played against the engine and the " +
    "simulated vendors. A strategy is judged by what vendors bill for each " +
    "credit that is spent in the end. Left out, as the operator's risk, which the margin and the daily budgets cover: " +
    "vendors that fail, refuse a content, or have too few places in an account, so that a crowd waits for its turn " +
    "until attempts are given up.",

  run: async (options) => measureMargin(options),

  table: ({ usdPerCredit, shapes, strategies, worst, usdPerCreditWorth, met }) =>
    [
      textTable(
        ["vendor dollars for a credit", "USD"],
        [
          [`lowest of ${shapes} shapes`, usdPerCredit.min.toFixed(4)],
          ["median", usdPerCredit.median.toFixed(4)],
          ["highest", usdPerCredit.max.toFixed(4)],
          [`worst of ${strategies} strategies`, worst.usdPerCredit?.toFixed(4) ?? "for no credit"],
          ["what a credit is worth", usdPerCreditWorth.toFixed(4)],
        ],
      ),
      `The worst strategy: ${worst.strategy}. The goal, at most the worth, is ${met ? "met" : "missed"}.`,
    ].join("\n\n"),
};

async function measureMargin({ seed, quick, strategies: wanted }: BenchOptions): Promise<MarginResult> {
  const policy = defaultPolicy;
  const margins = shapeMargins(wholeCatalogue(), policy, quick);
  const count = wanted ?? (quick ? quickStrategies : defaultStrategies);
  const results = await searchStrategies(policy, seed, count);
  const worst = results.reduce((one, other) => (isWorse(other, one) ? other : one));
  const max = margins.reduce((most, one) => Math.max(most, one), 0);
  const goal = policy.credits.usdPerCredit;
  return {
    usdPerCredit: {
      min: rounded(
        margins.reduce((least, one) => Math.min(least, one)),
        6,
      ),
      median: rounded(median(margins), 6),
      max: rounded(max, 6),
    },
    shapes: margins.length,
    strategies: results.length,
    worst,
    usdPerCreditWorth: policy.credits.usdPerCredit,
    goal,
    met: max <= goal && worst.usdPerCredit !== null && worst.usdPerCredit <= goal,
  };
}
