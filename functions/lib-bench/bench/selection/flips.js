import { decide } from "../../domain/decision.js";
import { usdToMicros } from "../../domain/money.js";
import { defaultPolicy } from "../../domain/policy.js";
import { createChance } from "../chance.js";
import { indexOfHighest, indexOfLowest, poolMaxScores, ratioScores, } from "./peer-scores.js";
import { plainFacts, plainQuestion } from "./synthetic-facts.js";
const choosers = {
    ours: decidedIndex,
    ratio: (pool) => indexOfLowest(ratioScores(pool)),
    poolMax: (pool) => indexOfHighest(poolMaxScores(pool)),
};
/**
 * Three candidates and their winner; then a fourth joins. If the fourth does not win, the winner
 * among the three should stay. Counts the pools in which it does not.
 */
export function countFlips(pools, seed) {
    const chance = createChance(seed);
    const flips = { ours: 0, ratio: 0, poolMax: 0 };
    const newcomerLost = { ours: 0, ratio: 0, poolMax: 0 };
    const names = ["ours", "ratio", "poolMax"];
    for (let count = 0; count < pools; count += 1) {
        const three = [sampleCandidate(chance), sampleCandidate(chance), sampleCandidate(chance)];
        const four = [...three, sampleCandidate(chance)];
        for (const name of names) {
            const after = choosers[name](four);
            if (after === three.length)
                continue;
            newcomerLost[name] += 1;
            if (after !== choosers[name](three))
                flips[name] += 1;
        }
    }
    return { pools, ...flips, newcomerLost };
}
/** Log-uniform, as prices and speeds of video models are spread: $0.05–2, 20–300 s. */
function sampleCandidate(chance) {
    return {
        priceUsd: chance.logBetween(0.05, 2),
        seconds: chance.logBetween(20, 300),
        secondsDeviation: chance.logBetween(2, 60),
        uptimePercent: 100,
    };
}
const modelIds = ["a:model", "b:model", "c:model", "d:model"];
function decidedIndex(pool) {
    const facts = pool.map(({ priceUsd, seconds }, index) => ({
        ...plainFacts({ model: modelIds[index] ?? "", provider: (modelIds[index] ?? "").slice(0, 1) }),
        costUsdMicros: usdToMicros(priceUsd),
        p50Seconds: seconds,
        p90Seconds: seconds * 2,
    }));
    return modelIds.indexOf(decide(plainQuestion, facts, defaultPolicy).winner ?? "");
}
//# sourceMappingURL=flips.js.map