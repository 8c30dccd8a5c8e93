import { usdToMicros } from "../../../src/domain/money.js";
import { defaultPolicy } from "../../../src/domain/policy/policy.js";
import { decide, plainFacts } from "../../../src/domain/selection/decision.js";
import { type Chance, createChance } from "../../kit/chance.js";
import {
  indexOfHighest,
  indexOfLowest,
  type PeerCandidate,
  plainQuestion,
  poolMaxScores,
  ratioScores,
} from "./choosers.js";

/** Index of the candidate that a scorer chooses. */
type Chooser = (pool: readonly PeerCandidate[]) => number;

const choosers = {
  ours: decidedIndex,
  ratio: (pool) => indexOfLowest(ratioScores(pool)),
  poolMax: (pool) => indexOfHighest(poolMaxScores(pool)),
} as const satisfies Record<string, Chooser>;

type ChooserName = keyof typeof choosers;

export interface FlipsResult extends Record<ChooserName, number> {
  readonly pools: number;
  /** Pools in which the newcomer did not win: only these can show the fault. */
  readonly newcomerLost: Record<ChooserName, number>;
}

/**
 * Three candidates and their winner; then a fourth joins. If the fourth does not win, the winner
 * among the three should stay. Counts the pools in which it does not.
 */
export function countFlips(pools: number, seed: number): FlipsResult {
  const chance = createChance(seed);
  const flips = { ours: 0, ratio: 0, poolMax: 0 };
  const newcomerLost = { ours: 0, ratio: 0, poolMax: 0 };
  const names = ["ours", "ratio", "poolMax"] as const;
  for (let count = 0; count < pools; count += 1) {
    const three = [sampleCandidate(chance), sampleCandidate(chance), sampleCandidate(chance)];
    const four = [...three, sampleCandidate(chance)];
    for (const name of names) {
      const after = choosers[name](four);
      if (after === three.length) continue;
      newcomerLost[name] += 1;
      if (after !== choosers[name](three)) flips[name] += 1;
    }
  }
  return { pools, ...flips, newcomerLost };
}

/** Log-uniform, as prices and speeds of video models are spread: $0.05–2, 20–300 s. */
function sampleCandidate(chance: Chance): PeerCandidate {
  return {
    priceUsd: chance.logBetween(0.05, 2),
    seconds: chance.logBetween(20, 300),
    secondsDeviation: chance.logBetween(2, 60),
    uptimePercent: 100,
  };
}

const modelIds = ["a:model", "b:model", "c:model", "d:model"];

function decidedIndex(pool: readonly PeerCandidate[]): number {
  const facts = pool.map(({ priceUsd, seconds }, index) => {
    const model = modelIds[index] ?? "";
    const costUsdMicros = usdToMicros(priceUsd);
    return plainFacts({
      model,
      provider: model,
      costUsdMicros,
      p50Seconds: seconds,
      p90Seconds: seconds * 2,
    });
  });
  return modelIds.indexOf(decide(plainQuestion, facts, defaultPolicy).winner ?? "");
}
