import { seededRandom } from "../local/seeded-random.js";
export function createChance(seed) {
    const next = seededRandom(seed);
    const between = (low, high) => low + (high - low) * next();
    return {
        next,
        between,
        below: (end) => Math.floor(next() * end),
        logBetween: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
        exponential: (mean) => -mean * Math.log(1 - next()),
        normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
        happens: (probability) => next() < probability,
        pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    };
}
//# sourceMappingURL=chance.js.map