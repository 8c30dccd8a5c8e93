import { type ErrorCode, errorPolicy } from "../errors.js";
import type { Policy } from "../policy/policy.js";

/**
 * A circuit breaker as data, so that every instance shares one. `open` is left by time alone; then
 * exactly one trial job is let through, whoever takes it first. `isolated` is an administrator's
 * word and is left by an administrator only.
 */
export interface Circuit {
  readonly state: "closed" | "open" | "isolated";
  /** Newest last; at most `maxOutcomes`, none older than the window. */
  readonly outcomes: readonly CallResult[];
  /** Failures without a success in between. */
  readonly consecutiveFailures: number;
  /** How often it opened since it was last closed: each time it stays open twice as long. */
  readonly openings: number;
  readonly openUntil: number;
  readonly lastFailure: ErrorCode | null;
  /** The job whose start is the trial, and when the right to it expires. */
  readonly trial: { readonly owner: string; readonly until: number } | null;
  readonly changedAt: number;
}

interface CallResult {
  readonly at: number;
  readonly ok: boolean;
}

export type CircuitView = "closed" | "open" | "half_open" | "isolated";
type Breaker = Policy["breaker"];

const maxOutcomes = 20;

export const closedCircuit: Circuit = {
  state: "closed",
  outcomes: [],
  consecutiveFailures: 0,
  openings: 0,
  openUntil: 0,
  lastFailure: null,
  trial: null,
  changedAt: 0,
};

export function circuitView(circuit: Circuit, now: number): CircuitView {
  if (circuit.state !== "open") return circuit.state;
  return now >= circuit.openUntil ? "half_open" : "open";
}

/** When a start may be tried again: now for a closed circuit, `null` for an isolated one. */
export function retryAt(circuit: Circuit, now: number): number | null {
  if (circuit.state === "isolated") return null;
  if (circuit.state === "closed") return now;
  if (now < circuit.openUntil) return circuit.openUntil;
  return circuit.trial === null || now >= circuit.trial.until ? now : circuit.trial.until;
}

/** Takes the one trial of a half-open circuit, or returns `null` when it is not to be had. */
export function takeTrial(circuit: Circuit, owner: string, now: number, breaker: Breaker): Circuit | null {
  if (circuitView(circuit, now) !== "half_open") return null;
  const { trial } = circuit;
  if (trial !== null && trial.owner !== owner && now < trial.until) return null;
  return { ...circuit, trial: { owner, until: now + breaker.trialSeconds * 1_000 }, changedAt: now };
}

/** Gives a trial back that was taken, for a job that nobody is to know of; `null` when it has none. */
export function returnTrial(circuit: Circuit, owner: string): Circuit | null {
  return circuit.trial?.owner === owner ? { ...circuit, trial: null } : null;
}

export function recordSuccess(circuit: Circuit, now: number, breaker: Breaker): Circuit {
  if (circuit.state === "isolated") return circuit;
  // A success of a job that was started before the trouble says nothing about now.
  if (circuitView(circuit, now) === "open") return circuit;
  if (circuit.state === "open") return { ...closedCircuit, changedAt: now };
  return {
    ...circuit,
    outcomes: keep(circuit.outcomes, { at: now, ok: true }, now, breaker),
    consecutiveFailures: 0,
  };
}

/** With successes that were seen and not written down at their time. */
export function withEarlierSuccesses(
  circuit: Circuit,
  times: readonly number[],
  now: number,
  breaker: Breaker,
): Circuit {
  if (times.length === 0 || circuit.state !== "closed") return circuit;
  const successes = times.map((at) => ({ at, ok: true }));
  const outcomes = [...circuit.outcomes, ...successes].sort((one, other) => one.at - other.at);
  return { ...circuit, outcomes: recent(outcomes, now, breaker) };
}

/** A failure that is the caller's own, or only a full queue, leaves the circuit as it is. */
export function recordFailure(circuit: Circuit, code: ErrorCode, now: number, breaker: Breaker): Circuit {
  const effect = errorPolicy(code).circuit;
  if (effect === "ignore" || circuit.state === "isolated") return releaseTrial(circuit);
  const view = circuitView(circuit, now);
  if (view === "open") return circuit;
  const outcomes = keep(circuit.outcomes, { at: now, ok: false }, now, breaker);
  const consecutiveFailures = circuit.consecutiveFailures + 1;
  const next: Circuit = { ...circuit, outcomes, consecutiveFailures, lastFailure: code, trial: null };
  const failures = outcomes.filter((outcome) => !outcome.ok).length;
  const opens =
    effect === "open" ||
    view === "half_open" ||
    consecutiveFailures >= breaker.consecutiveFailures ||
    (outcomes.length >= breaker.minimumCalls && failures / outcomes.length >= breaker.failureRate);
  return opens ? opened(next, now, breaker) : next;
}

/** An administrator holds it open, or lets it go back to closed. */
export function setIsolated(circuit: Circuit, isolated: boolean, now: number): Circuit {
  if (isolated) return { ...circuit, state: "isolated", trial: null, changedAt: now };
  return { ...closedCircuit, changedAt: now };
}

function releaseTrial(circuit: Circuit): Circuit {
  return circuit.trial === null ? circuit : { ...circuit, trial: null };
}

function opened(circuit: Circuit, now: number, breaker: Breaker): Circuit {
  const openSeconds = Math.min(breaker.openSeconds * 2 ** circuit.openings, breaker.maxOpenSeconds);
  return {
    ...circuit,
    state: "open",
    openings: circuit.openings + 1,
    openUntil: now + openSeconds * 1_000,
    changedAt: now,
  };
}

function keep(
  outcomes: readonly CallResult[],
  latest: CallResult,
  now: number,
  breaker: Breaker,
): CallResult[] {
  return recent([...outcomes, latest], now, breaker);
}

function recent(outcomes: readonly CallResult[], now: number, breaker: Breaker): CallResult[] {
  const oldest = now - breaker.windowSeconds * 1_000;
  return outcomes.filter((outcome) => outcome.at >= oldest).slice(-maxOutcomes);
}
