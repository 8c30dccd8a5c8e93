import { errorPolicy } from "../errors.js";
import type { UsdMicros } from "../money.js";
import type { ProviderModel } from "../provider/model.js";
import { type Circuit, circuitView, closedCircuit, retryAt } from "./circuit.js";
import type { ModelStats, Observation } from "./stats.js";

/** `drain`: running jobs finish, no new one starts. */
export type ProviderSwitch = "on" | "off" | "drain";

/** What decisions need to know about the world, in one document. */
export interface HealthState {
  /** By model id and by provider id. */
  readonly circuits: Readonly<Record<string, Circuit>>;
  readonly stats: Readonly<Record<string, ModelStats>>;
  readonly switches: Readonly<Record<string, ProviderSwitch>>;
  /** Account balance by provider, from the last probe; absent when the vendor tells none. */
  readonly balances: Readonly<Record<string, UsdMicros>>;
  /** Jobs running by model id, counted by the health check. */
  readonly running: Readonly<Record<string, number>>;
  readonly checkedAt: number;
}

export const emptyHealth: HealthState = {
  circuits: {},
  stats: {},
  switches: {},
  balances: {},
  running: {},
  checkedAt: 0,
};

/** The stricter of the model's own circuit and its provider's; of two alike, the one that waits longer. */
export function strictestCircuit(
  health: HealthState,
  model: Pick<ProviderModel, "id" | "provider">,
  now: number,
): Circuit {
  const own = health.circuits[model.id] ?? closedCircuit;
  const provider = health.circuits[model.provider] ?? closedCircuit;
  const difference = strictness[circuitView(own, now)] - strictness[circuitView(provider, now)];
  if (difference !== 0) return difference > 0 ? own : provider;
  return (retryAt(own, now) ?? 0) >= (retryAt(provider, now) ?? 0) ? own : provider;
}

/** The id that stands for every provider: the kill switch for new starts. */
export const everyProvider = "*";

/** Are all new starts stopped? Then jobs wait instead of failing. */
export function isPaused(health: HealthState): boolean {
  return (health.switches[everyProvider] ?? "on") !== "on";
}

/** A provider that is off stays off, whatever was once said of one of its models. */
export function strictestSwitch(
  health: HealthState,
  model: Pick<ProviderModel, "id" | "provider">,
): ProviderSwitch {
  const said = [model.id, model.provider, everyProvider].map((id) => health.switches[id]);
  if (said.includes("off")) return "off";
  return said.includes("drain") ? "drain" : "on";
}

const strictness = { closed: 0, half_open: 1, open: 2, isolated: 3 } as const;

/** The circuits that an observation concerns. */
export function circuitKeys(observation: Observation): string[] {
  const { model, provider, outcome } = observation;
  return outcome.ok || errorPolicy(outcome.code).providerWide ? [model, provider] : [model];
}
