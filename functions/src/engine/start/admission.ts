import { type Circuit, circuitView, closedCircuit, takeTrial } from "../../domain/health/circuit.js";
import type { ProviderModel } from "../../domain/provider/model.js";
import type { Snapshot } from "../../domain/selection/selection.js";
import type { Deps } from "../deps.js";

/** A circuit that did not give its trial, as it was found then. */
export interface RefusingCircuit {
  readonly key: string;
  readonly circuit: Circuit;
}

/**
 * May this job start at this model? Free for a closed circuit; a half-open one must give its trial.
 * Returns `null` when it may, otherwise the circuit that is newer than the snapshot and refuses.
 */
export async function admit(
  deps: Deps,
  snapshot: Snapshot,
  model: ProviderModel,
  jobId: string,
): Promise<RefusingCircuit | null> {
  for (const key of [model.provider, model.id]) {
    let found = snapshot.health.circuits[key] ?? closedCircuit;
    if (circuitView(found, deps.now()) !== "half_open") continue;
    const taken = await deps.health.changeCircuit(key, (circuit) => {
      found = circuit;
      // Somebody else's trial may have closed it since the snapshot was read.
      return circuit.state === "closed"
        ? circuit
        : takeTrial(circuit, jobId, deps.now(), snapshot.policy.breaker);
    });
    if (taken === null) return { key, circuit: found };
  }
  return null;
}

/** The snapshot with what was just learned about one circuit. */
export function withCircuit(snapshot: Snapshot, { key, circuit }: RefusingCircuit): Snapshot {
  const { health } = snapshot;
  return { ...snapshot, health: { ...health, circuits: { ...health.circuits, [key]: circuit } } };
}
