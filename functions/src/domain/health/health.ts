import { type ErrorCode, errorPolicy } from "../errors.js";
import type { UsdMicros } from "../money.js";
import type { ProviderModel } from "../provider/model.js";
import { type Circuit, circuitView, closedCircuit, retryAt } from "./circuit.js";
import { meanOverP50 } from "./lognormal.js";

/** Sums that lose half their weight every `policy.health.halfLifeSeconds`. */
export interface ModelStats {
  readonly successes: number;
  readonly failures: number;
  /** Seconds from accepted start to finished file, summed over the successes. */
  readonly secondsSum: number;
  /** The time up to which the sums are decayed. */
  readonly at: number;
}

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

/** One thing that was learned about a model from real traffic. */
export interface Observation {
  readonly provider: string;
  readonly model: string;
  readonly outcome:
    | { readonly ok: true; readonly seconds: number }
    | { readonly ok: false; readonly code: ErrorCode };
}

/** How many observations the catalogue's own P50 is worth against real finish times. */
const priorWeight = 5;

/** What is summed up of a model, wherever it is kept until it counts. */
export type StatsSums = Pick<ModelStats, "successes" | "failures" | "secondsSum">;

export const noSums: StatsSums = { successes: 0, failures: 0, secondsSum: 0 };

/** What an observation adds. A failure that the circuits ignore says nothing of the model. */
export function sumsOf(outcome: Observation["outcome"]): StatsSums {
  if (outcome.ok) return { successes: 1, failures: 0, secondsSum: outcome.seconds };
  return errorPolicy(outcome.code).circuit === "ignore" ? noSums : { ...noSums, failures: 1 };
}

/** Adds an observation to decayed sums. */
export function addObservation(
  stats: ModelStats | undefined,
  outcome: Observation["outcome"],
  now: number,
  halfLifeSeconds: number,
): ModelStats {
  const old = decayed(stats, now, halfLifeSeconds);
  return { ...old, ...addSums(old, sumsOf(outcome)) };
}

export function addSums(one: StatsSums, other: StatsSums): StatsSums {
  return {
    successes: one.successes + other.successes,
    failures: one.failures + other.failures,
    secondsSum: one.secondsSum + other.secondsSum,
  };
}

export function decayed(stats: ModelStats | undefined, now: number, halfLifeSeconds: number): ModelStats {
  if (stats === undefined) return { ...noSums, at: now };
  const factor = 2 ** (-Math.max(0, now - stats.at) / (halfLifeSeconds * 1_000));
  return {
    successes: stats.successes * factor,
    failures: stats.failures * factor,
    secondsSum: stats.secondsSum * factor,
    at: Math.max(now, stats.at),
  };
}

/**
 * P50 and P90 from real finish times, pulled towards the catalogue's figure while they are few. Times
 * are summed up, so that it is the mean that is seen; the catalogue's spread tells how far it is above.
 */
export function typicalSeconds(model: ProviderModel, stats: ModelStats): { p50: number; p90: number } {
  const { p50, p90 } = model.typicalSeconds;
  const seen = stats.secondsSum / (p50 * meanOverP50({ p50, p90 }));
  const factor = (priorWeight + seen) / (priorWeight + stats.successes);
  return { p50: p50 * factor, p90: p90 * factor };
}

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
