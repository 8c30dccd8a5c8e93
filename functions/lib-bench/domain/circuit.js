import { errorPolicy } from "./errors.js";
const maxOutcomes = 20;
export const closedCircuit = {
    state: "closed",
    outcomes: [],
    consecutiveFailures: 0,
    openings: 0,
    openUntil: 0,
    lastFailure: null,
    trial: null,
    changedAt: 0,
};
export function circuitView(circuit, now) {
    if (circuit.state !== "open")
        return circuit.state;
    return now >= circuit.openUntil ? "half_open" : "open";
}
/** When a start may be tried again: now for a closed circuit, `null` for an isolated one. */
export function retryAt(circuit, now) {
    if (circuit.state === "isolated")
        return null;
    if (circuit.state === "closed")
        return now;
    if (now < circuit.openUntil)
        return circuit.openUntil;
    return circuit.trial === null || now >= circuit.trial.until ? now : circuit.trial.until;
}
/** Takes the one trial of a half-open circuit, or returns `null` when it is not to be had. */
export function takeTrial(circuit, owner, now, breaker) {
    if (circuitView(circuit, now) !== "half_open")
        return null;
    const { trial } = circuit;
    if (trial !== null && trial.owner !== owner && now < trial.until)
        return null;
    return { ...circuit, trial: { owner, until: now + breaker.trialSeconds * 1_000 }, changedAt: now };
}
export function recordSuccess(circuit, now, breaker) {
    if (circuit.state === "isolated")
        return circuit;
    // A success of a job that was started before the trouble says nothing about now.
    if (circuitView(circuit, now) === "open")
        return circuit;
    if (circuit.state === "open")
        return { ...closedCircuit, changedAt: now };
    return {
        ...circuit,
        outcomes: keep(circuit.outcomes, { at: now, ok: true }, now, breaker),
        consecutiveFailures: 0,
    };
}
/** A failure that is the caller's own, or only a full queue, leaves the circuit as it is. */
export function recordFailure(circuit, code, now, breaker) {
    const effect = errorPolicy(code).circuit;
    if (effect === "ignore" || circuit.state === "isolated")
        return releaseTrial(circuit);
    const view = circuitView(circuit, now);
    if (view === "open")
        return circuit;
    const outcomes = keep(circuit.outcomes, { at: now, ok: false }, now, breaker);
    const consecutiveFailures = circuit.consecutiveFailures + 1;
    const next = { ...circuit, outcomes, consecutiveFailures, lastFailure: code, trial: null };
    const failures = outcomes.filter((outcome) => !outcome.ok).length;
    const opens = effect === "open" ||
        view === "half_open" ||
        consecutiveFailures >= breaker.consecutiveFailures ||
        (outcomes.length >= breaker.minimumCalls && failures / outcomes.length >= breaker.failureRate);
    return opens ? opened(next, now, breaker) : next;
}
/** An administrator holds it open, or lets it go back to closed. */
export function setIsolated(circuit, isolated, now) {
    if (isolated)
        return { ...circuit, state: "isolated", trial: null, changedAt: now };
    return { ...closedCircuit, changedAt: now };
}
function releaseTrial(circuit) {
    return circuit.trial === null ? circuit : { ...circuit, trial: null };
}
function opened(circuit, now, breaker) {
    const openSeconds = Math.min(breaker.openSeconds * 2 ** circuit.openings, breaker.maxOpenSeconds);
    return {
        ...circuit,
        state: "open",
        openings: circuit.openings + 1,
        openUntil: now + openSeconds * 1_000,
        changedAt: now,
    };
}
function keep(outcomes, latest, now, breaker) {
    const oldest = now - breaker.windowSeconds * 1_000;
    return [...outcomes.filter((outcome) => outcome.at >= oldest), latest].slice(-maxOutcomes);
}
//# sourceMappingURL=circuit.js.map