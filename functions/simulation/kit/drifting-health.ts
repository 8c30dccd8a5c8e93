import { afterObservations } from "../../src/adapters/shared/circuits-after.js";
import type { ErrorCode } from "../../src/domain/errors.js";
import { circuitView, closedCircuit, setIsolated, takeTrial } from "../../src/domain/health/circuit.js";
import type { HealthState, ProviderSwitch } from "../../src/domain/health/health.js";
import { addObservation, type Observation } from "../../src/domain/health/stats.js";
import type { Policy } from "../../src/domain/policy/policy.js";
import type { Catalogue } from "../../src/domain/provider/catalogue.js";
import type { ProviderModel } from "../../src/domain/provider/model.js";
import type { Chance } from "./chance.js";

const codes: readonly [ErrorCode, ...ErrorCode[]] = [
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
export function driftHealth(
  health: HealthState,
  catalogue: Catalogue,
  policy: Policy,
  now: number,
  chance: Chance,
): HealthState {
  const entry = catalogue.entries[chance.below(catalogue.entries.length)];
  if (entry === undefined) return health;
  let next = observed(health, entry.model, policy, now, chance);
  next = steered(next, entry.model, now, chance);
  if (chance.happens(0.05)) next = counted(next, catalogue, chance);
  return withTrial(next, entry.model, policy, now, chance);
}

function observed(
  health: HealthState,
  model: ProviderModel,
  policy: Policy,
  now: number,
  chance: Chance,
): HealthState {
  // Mostly a single job, sometimes a burst of the same failure: that is what opens circuits.
  const failing = chance.happens(0.06);
  const code = chance.pick(codes);
  const observations = Array.from({ length: failing ? 1 + chance.below(5) : 1 }, (): Observation => {
    const seconds = model.typicalSeconds.p50 * chance.logBetween(0.6, 2.5);
    const outcome = failing ? ({ ok: false, code } as const) : ({ ok: true, seconds } as const);
    return { provider: model.provider, model: model.id, outcome };
  });
  let stats = health.stats[model.id];
  for (const { outcome } of observations) {
    stats = addObservation(stats, outcome, now, policy.health.halfLifeSeconds);
  }
  const counted = stats === undefined ? health : { ...health, stats: { ...health.stats, [model.id]: stats } };
  return afterObservations(counted, observations, now, policy.breaker);
}

/** An administrator turns something off about once in fifty jobs, and on again soon. */
function steered(health: HealthState, model: ProviderModel, now: number, chance: Chance): HealthState {
  const circuit = health.circuits[model.id] ?? closedCircuit;
  const isolated = circuit.state === "isolated";
  if (chance.happens(isolated ? 0.3 : 0.01)) {
    const circuits = { ...health.circuits, [model.id]: setIsolated(circuit, !isolated, now) };
    return { ...health, circuits };
  }
  const on = (health.switches[model.provider] ?? "on") === "on";
  if (!chance.happens(on ? 0.01 : 0.3)) return health;
  const value: ProviderSwitch = on ? chance.pick(["off", "drain"]) : "on";
  return { ...health, switches: { ...health.switches, [model.provider]: value } };
}

function counted(health: HealthState, catalogue: Catalogue, chance: Chance): HealthState {
  const running = Object.fromEntries(
    catalogue.entries.map(({ model }) => [model.id, chance.below((model.concurrency ?? 4) + 1)]),
  );
  const balances = Object.fromEntries(
    catalogue.providers
      .filter(() => chance.happens(0.7))
      .map((id) => [id, Math.round(chance.logBetween(500_000, 500_000_000))]),
  );
  return { ...health, running, balances };
}

function withTrial(
  health: HealthState,
  model: ProviderModel,
  policy: Policy,
  now: number,
  chance: Chance,
): HealthState {
  const circuit = health.circuits[model.id] ?? closedCircuit;
  if (circuitView(circuit, now) !== "half_open" || chance.happens(0.5)) return health;
  const trial = takeTrial(circuit, "somebody-else", now, policy.breaker);
  return trial === null ? health : { ...health, circuits: { ...health.circuits, [model.id]: trial } };
}
