import { afterObservations } from "../../adapters/shared/circuits-after.js";
import { circuitView, closedCircuit, setIsolated, takeTrial } from "../../domain/circuit.js";
import { addObservation, } from "../../domain/health.js";
const codes = [
    "server_error",
    "network",
    "timeout",
    "processing_failed",
    "rate_limited",
    "content_blocked",
    "vendor_quota",
];
/**
 * Health as traffic would leave it: some models go well, some fail for a while, circuits open, take
 * a trial and close again; now and then an administrator or a full queue steps in.
 */
export function driftHealth(health, catalogue, policy, now, chance) {
    const entry = catalogue.entries[chance.below(catalogue.entries.length)];
    if (entry === undefined)
        return health;
    let next = observed(health, entry.model, policy, now, chance);
    if (chance.happens(0.02))
        next = steered(next, entry.model, now, chance);
    if (chance.happens(0.05))
        next = counted(next, catalogue, chance);
    return withTrial(next, entry.model, policy, now, chance);
}
function observed(health, model, policy, now, chance) {
    // Mostly a single job, sometimes a burst of the same failure: that is what opens circuits.
    const failing = chance.happens(0.15);
    const code = chance.pick(codes);
    const observations = Array.from({ length: failing ? 1 + chance.below(5) : 1 }, () => {
        const seconds = model.typicalSeconds.p50 * chance.logBetween(0.6, 2.5);
        const outcome = failing ? { ok: false, code } : { ok: true, seconds };
        return { provider: model.provider, model: model.id, outcome };
    });
    let stats = health.stats[model.id];
    for (const { outcome } of observations) {
        stats = addObservation(stats, outcome, now, policy.health.halfLifeSeconds);
    }
    const counted = stats === undefined ? health : { ...health, stats: { ...health.stats, [model.id]: stats } };
    return afterObservations(counted, observations, now, policy.breaker);
}
function steered(health, model, now, chance) {
    if (chance.happens(0.5)) {
        const circuit = setIsolated(health.circuits[model.id] ?? closedCircuit, chance.happens(0.5), now);
        return { ...health, circuits: { ...health.circuits, [model.id]: circuit } };
    }
    const value = chance.pick(["on", "on", "on", "off", "drain"]);
    return { ...health, switches: { ...health.switches, [model.provider]: value } };
}
function counted(health, catalogue, chance) {
    const running = Object.fromEntries(catalogue.entries.map(({ model }) => [model.id, chance.below((model.concurrency ?? 4) + 2)]));
    const balances = Object.fromEntries(catalogue.providers
        .filter(() => chance.happens(0.7))
        .map((id) => [id, Math.round(chance.logBetween(100_000, 500_000_000))]));
    return { ...health, running, balances };
}
function withTrial(health, model, policy, now, chance) {
    const circuit = health.circuits[model.id] ?? closedCircuit;
    if (circuitView(circuit, now) !== "half_open" || chance.happens(0.5))
        return health;
    const trial = takeTrial(circuit, "somebody-else", now, policy.breaker);
    return trial === null ? health : { ...health, circuits: { ...health.circuits, [model.id]: trial } };
}
//# sourceMappingURL=drifting-health.js.map