import { qualities } from "./model.js";
import { factorNames } from "./policy.js";
/**
 * Every factor is a number in [0, 1] on a fixed scale that looks at this candidate alone. That is
 * why a losing newcomer can never change who wins among the others.
 */
export function factorsOf(input, policy) {
    return {
        health: health(input, policy.health),
        priority: unit(1 - (input.priority - 1) / 9),
        quality: quality(input),
        cost: cost(input.costUsdMicros, policy.scales),
        latency: unit(2 ** (-Math.max(0, input.p50Seconds) / policy.scales.latencyHalfLifeSeconds)),
        load: input.allowed === null ? 1 : unit(1 - input.running / input.allowed),
        preference: unit(input.preference),
    };
}
/** Weighted mean of the factors, in [0, 1]. */
export function scoreOf(factors, weights) {
    let sum = 0;
    let total = 0;
    for (const name of factorNames) {
        sum += weights[name] * factors[name];
        total += weights[name];
    }
    return total > 0 ? unit(sum / total) : 0;
}
/** Beta mean of decayed successes and failures; a circuit on trial counts half. */
function health(input, prior) {
    const good = Math.max(0, input.successes) + prior.priorSuccesses;
    const bad = Math.max(0, input.failures) + prior.priorFailures;
    return unit(good / (good + bad)) * (input.halfOpen ? 0.5 : 1);
}
/** Too little hurts twice as much as too much; a step of resolution is half a tier. */
function quality(input) {
    const tiers = qualities.indexOf(input.offeredQuality) - qualities.indexOf(input.askedQuality);
    const missing = Math.max(0, -tiers) + Math.max(0, -input.resolutionSteps) / 2;
    const surplus = Math.max(0, tiers) + Math.max(0, input.resolutionSteps) / 2;
    return unit(1 - missing / 2 - surplus / 4);
}
/** Log scale: twice the price costs the same score wherever it happens. */
function cost(usdMicros, scales) {
    const usd = usdMicros / 1_000_000;
    if (usd <= scales.cheapUsd)
        return 1;
    return unit(1 - Math.log(usd / scales.cheapUsd) / Math.log(scales.dearUsd / scales.cheapUsd));
}
/** Into [0, 1]; what is not a number is the worst. */
function unit(value) {
    return value > 0 ? Math.min(value, 1) : 0;
}
//# sourceMappingURL=score.js.map