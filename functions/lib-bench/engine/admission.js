import { circuitView, closedCircuit, takeTrial } from "../domain/circuit.js";
/** May this job start at this model? Free for a closed circuit; a half-open one must give its trial. */
export async function admit(deps, snapshot, model, jobId) {
    for (const key of [model.provider, model.id]) {
        const known = snapshot.health.circuits[key] ?? closedCircuit;
        if (circuitView(known, deps.now()) !== "half_open")
            continue;
        const taken = await deps.health.changeCircuit(key, (circuit) => 
        // Somebody else's trial may have closed it since the snapshot was read.
        circuit.state === "closed" ? circuit : takeTrial(circuit, jobId, deps.now(), snapshot.policy.breaker));
        if (taken === null)
            return false;
    }
    return true;
}
//# sourceMappingURL=admission.js.map