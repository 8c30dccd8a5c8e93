import {
  type Circuit,
  closedCircuit,
  recordFailure,
  recordSuccess,
  withEarlierSuccesses,
} from "../../domain/health/circuit.js";
import { circuitKeys, type HealthState } from "../../domain/health/health.js";
import type { Observation } from "../../domain/health/stats.js";
import type { Policy } from "../../domain/policy/policy.js";

/** When calls went well that nobody has written down, by circuit, oldest first. */
export type UnwrittenSuccesses = Readonly<Record<string, readonly number[]>>;

/**
 * The health after what was learned about circuits; the same object when nothing has changed that a
 * decision depends on. A success changes a circuit that is open, or has a row of failures: nothing else,
 * or every job would write the document that all decisions read. The others are handed in as `unwritten`
 * with the next change, so that the share of failures stays true.
 */
export function afterObservations(
  health: HealthState,
  observations: readonly Observation[],
  now: number,
  breaker: Policy["breaker"],
  unwritten: UnwrittenSuccesses = {},
): HealthState {
  let { circuits } = health;
  for (const observation of observations) {
    for (const key of circuitKeys(observation)) {
      const circuit = circuits[key] ?? closedCircuit;
      if (observation.outcome.ok && isQuiet(circuit)) continue;
      // What was added before is in the circuit already.
      const isFirst = circuits[key] === health.circuits[key];
      const before = withEarlierSuccesses(circuit, (isFirst && unwritten[key]) || [], now, breaker);
      const next = afterOutcome(before, observation.outcome, now, breaker);
      if (next !== before) circuits = { ...circuits, [key]: next };
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
  return outcome.ok
    ? recordSuccess(circuit, now, breaker)
    : recordFailure(circuit, outcome.code, now, breaker);
}

/** Closed, and no failure was the latest: a success would change nothing but the list of outcomes. */
function isQuiet({ state, consecutiveFailures }: Circuit): boolean {
  return state === "closed" && consecutiveFailures === 0;
}

/** As many as a circuit keeps outcomes. */
const mostUnwritten = 20;

/** What is still unwritten when `before` has become `after` by these observations. */
export function unwrittenAfter(
  unwritten: UnwrittenSuccesses,
  observations: readonly Observation[],
  before: HealthState,
  after: HealthState,
  now: number,
): UnwrittenSuccesses {
  const isWritten = (key: string) => after.circuits[key] !== before.circuits[key];
  const left = Object.fromEntries(Object.entries(unwritten).filter(([key]) => !isWritten(key)));
  for (const observation of observations.filter(({ outcome }) => outcome.ok)) {
    for (const key of circuitKeys(observation)) {
      if (!isWritten(key)) left[key] = [...(left[key] ?? []), now].slice(-mostUnwritten);
    }
  }
  return left;
}
