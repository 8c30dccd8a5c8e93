import { circuitView, closedCircuit, retryAt } from "./circuit.js";
import { errorPolicy } from "./errors.js";
export const emptyHealth = {
    circuits: {},
    stats: {},
    switches: {},
    balances: {},
    running: {},
    checkedAt: 0,
};
/** How many observations the catalogue's own P50 is worth against real finish times. */
const priorWeight = 5;
/** Adds an observation to decayed sums. A failure that the circuits ignore says nothing of the model. */
export function addObservation(stats, outcome, now, halfLifeSeconds) {
    const old = decayed(stats, now, halfLifeSeconds);
    if (outcome.ok) {
        return { ...old, successes: old.successes + 1, secondsSum: old.secondsSum + outcome.seconds };
    }
    return errorPolicy(outcome.code).circuit === "ignore" ? old : { ...old, failures: old.failures + 1 };
}
export function decayed(stats, now, halfLifeSeconds) {
    if (stats === undefined)
        return { successes: 0, failures: 0, secondsSum: 0, at: now };
    const factor = 2 ** (-Math.max(0, now - stats.at) / (halfLifeSeconds * 1_000));
    return {
        successes: stats.successes * factor,
        failures: stats.failures * factor,
        secondsSum: stats.secondsSum * factor,
        at: Math.max(now, stats.at),
    };
}
/** Beta mean of the success rate: the prior alone for a model that was never used. */
export function successRate(stats, prior) {
    const successes = stats.successes + prior.priorSuccesses;
    return successes / (successes + stats.failures + prior.priorFailures);
}
/** P50 and P90 from real finish times, pulled towards the catalogue's figure while they are few. */
export function typicalSeconds(model, stats) {
    const { p50, p90 } = model.typicalSeconds;
    const learned = (p50 * priorWeight + stats.secondsSum) / (priorWeight + stats.successes);
    return { p50: learned, p90: learned * (p90 / p50) };
}
/** The stricter of the model's own circuit and its provider's; of two alike, the one that waits longer. */
export function strictestCircuit(health, model, now) {
    const own = health.circuits[model.id] ?? closedCircuit;
    const provider = health.circuits[model.provider] ?? closedCircuit;
    const difference = strictness[circuitView(own, now)] - strictness[circuitView(provider, now)];
    if (difference !== 0)
        return difference > 0 ? own : provider;
    return (retryAt(own, now) ?? 0) >= (retryAt(provider, now) ?? 0) ? own : provider;
}
const strictness = { closed: 0, half_open: 1, open: 2, isolated: 3 };
/** Failures that say something about the whole provider, not only about one of its models. */
const providerWide = new Set([
    "authentication",
    "vendor_quota",
    "network",
    "server_error",
]);
/** The circuits that an observation concerns. */
export function circuitKeys(observation) {
    const { model, provider, outcome } = observation;
    return outcome.ok || providerWide.has(outcome.code) ? [model, provider] : [model];
}
//# sourceMappingURL=health.js.map