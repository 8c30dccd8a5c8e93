import type { Policy } from "../../../src/domain/policy/policy.js";
import { type Chance, createChance } from "../../kit/chance.js";
import { type Moment, moments } from "./installation.js";
import {
  type Move,
  playStrategy,
  type RequestName,
  requests,
  type Step,
  type Strategy,
  type StrategyResult,
  userCount,
} from "./strategy.js";

const names = Object.keys(requests) as [RequestName, ...RequestName[]];
const longestStrategy = 12;
/** What is named twice is drawn twice as often. */
const moveTypes = ["create", "create", "cancel", "cancel", "retry", "parts", "refresh", "wait"] as const;

/**
 * Looks for what costs an operator most: first every request cancelled at every moment, left alone
 * or tried again, then strategies drawn at random, and half of the time a change of the worst one found.
 */
export async function searchStrategies(
  policy: Policy,
  seed: number,
  count: number,
): Promise<readonly StrategyResult[]> {
  const chance = createChance(seed);
  const results: StrategyResult[] = [];
  let worst: { strategy: Strategy; result: StrategyResult } | undefined;
  const plain = plainStrategies();
  for (let index = 0; index < count; index += 1) {
    const isDrawn = worst === undefined || chance.happens(0.5);
    const strategy =
      plain[index] ?? (isDrawn ? drawStrategy(chance) : changed(worst?.strategy ?? [], chance));
    const result = await playStrategy(strategy, policy, seed);
    results.push(result);
    if (worst === undefined || isWorse(result, worst.result)) worst = { strategy, result };
  }
  return results;
}

export function isWorse(one: StrategyResult, other: StrategyResult): boolean {
  return (one.usdPerCredit ?? Number.POSITIVE_INFINITY) > (other.usdPerCredit ?? Number.POSITIVE_INFINITY);
}

/** Every request with every moment; many at once, and a retry, where time may run out. */
function plainStrategies(): Strategy[] {
  const byOne = (moves: readonly Move[]): Strategy => moves.map((move) => ({ user: 0, move }));
  const cancelled = names.flatMap((request) =>
    (["now", ...moments] as const).map((at: Moment | "now") =>
      byOne([
        { type: "create", request, count: 1 },
        { type: "cancel", at },
        { type: "wait", seconds: 900 },
        { type: "retry" },
        { type: "cancel", at },
      ]),
    ),
  );
  const flooded = names.map((request) => byOne([{ type: "create", request, count: 12 }]));
  return [...flooded, ...cancelled];
}

function drawStrategy(chance: Chance): Strategy {
  const length = 2 + chance.below(longestStrategy - 2);
  const first: Step = {
    user: 0,
    move: { type: "create", request: chance.pick(names), count: drawCount(chance) },
  };
  return [first, ...Array.from({ length }, () => drawStep(chance))];
}

function drawStep(chance: Chance): Step {
  return { user: chance.below(userCount), move: drawMove(chance) };
}

function drawMove(chance: Chance): Move {
  const type = chance.pick(moveTypes);
  switch (type) {
    case "create":
      return { type, request: chance.pick(names), count: drawCount(chance) };
    case "cancel":
      return { type, at: chance.pick(["now", ...moments]) };
    case "wait":
      return { type, seconds: Math.round(chance.logBetween(1, 1_200)) };
    default:
      return { type };
  }
}

function drawCount(chance: Chance): number {
  return chance.happens(0.8) ? 1 : 2 + chance.below(12);
}

/** One step more, one less, or another one. */
function changed(strategy: Strategy, chance: Chance): Strategy {
  const place = chance.below(strategy.length + 1);
  const kind = chance.pick(["insert", "remove", "replace"]);
  const isFull = kind === "insert" && strategy.length >= longestStrategy;
  if (kind === "remove" && strategy.length > 1) return strategy.filter((_, index) => index !== place);
  return [
    ...strategy.slice(0, place),
    drawStep(chance),
    ...strategy.slice(place + (isFull || kind === "replace" ? 1 : 0)),
  ];
}
