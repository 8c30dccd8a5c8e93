import { type Circuit, closedCircuit, recordFailure, recordSuccess } from "../../domain/health/circuit.js";
import { circuitKeys, type HealthState } from "../../domain/health/health.js";
import type { Observation } from "../../domain/health/stats.js";
import type { Policy } from "../../domain/policy/policy.js";

/**
 * The health after what was learned about circuits; the same object when nothing changed. Traffic
 * that goes well changes nothing, so that it writes nothing.
 */
export function afterObservations(
  health: HealthState,
  observations: readonly Observation[],
  now: number,
  breaker: Policy["breaker"],
): HealthState {
  let { circuits } = health;
  for (const observation of observations) {
    for (const key of circuitKeys(observation)) {
      const circuit = circuits[key] ?? closedCircuit;
      const next = afterOutcome(circuit, observation.outcome, now, breaker);
      if (next !== circuit) circuits = { ...circuits, [key]: next };
    }
  }
  return circuits === health.circuits ? health : { ...health, circuits };
}

function afterOutcome(
  circuit: Circuit,
  outcome: Observation["outcome"],
  now: number,
  breaker: Policy["breaker"],
): Circuit {
  if (!outcome.ok) return recordFailure(circuit, outcome.code, now, breaker);
  return isQuiet(circuit) ? circuit : recordSuccess(circuit, now, breaker);
}

/** Closed, and no failure on record that a success could outweigh. */
function isQuiet({ state, consecutiveFailures, outcomes }: Circuit): boolean {
  return state === "closed" && consecutiveFailures === 0 && outcomes.every((outcome) => outcome.ok);
}
