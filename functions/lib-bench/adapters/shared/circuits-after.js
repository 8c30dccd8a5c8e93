import { closedCircuit, recordFailure, recordSuccess } from "../../domain/circuit.js";
import { circuitKeys } from "../../domain/health.js";
/**
 * The health after what was learned about circuits; the same object when nothing changed. Traffic
 * that goes well changes nothing, so that it writes nothing.
 */
export function afterObservations(health, observations, now, breaker) {
    let { circuits } = health;
    for (const observation of observations) {
        for (const key of circuitKeys(observation)) {
            const circuit = circuits[key] ?? closedCircuit;
            const next = afterOutcome(circuit, observation.outcome, now, breaker);
            if (next !== circuit)
                circuits = { ...circuits, [key]: next };
        }
    }
    return circuits === health.circuits ? health : { ...health, circuits };
}
function afterOutcome(circuit, outcome, now, breaker) {
    if (!outcome.ok)
        return recordFailure(circuit, outcome.code, now, breaker);
    return isQuiet(circuit) ? circuit : recordSuccess(circuit, now, breaker);
}
/** Closed, and no failure on record that a success could outweigh. */
function isQuiet({ state, consecutiveFailures, outcomes }) {
    return state === "closed" && consecutiveFailures === 0 && outcomes.every((outcome) => outcome.ok);
}
//# sourceMappingURL=circuits-after.js.map