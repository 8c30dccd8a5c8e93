import { dayMs, utcDay } from "../day.js";
import type { ErrorCode } from "../errors.js";
import { microsToUsd } from "../money.js";
import type { Policy } from "../policy/policy.js";
import type { Catalogue, CatalogueEntry } from "../provider/catalogue.js";
import { type Circuit, type CircuitView, circuitView, closedCircuit } from "./circuit.js";
import type { HealthState, ProviderSwitch } from "./health.js";
import { decayed, type ModelStats, typicalSeconds } from "./stats.js";

/** A provider as an administrator sees it. */
export interface ProviderOverview extends Overview {
  readonly configured: boolean;
  /** `null` when the vendor tells none, or has not been asked yet. */
  readonly balanceUsd: number | null;
  readonly models: readonly ModelOverview[];
  /** Models without a published price. */
  readonly pricesUnknown: readonly string[];
  /** Models whose last day is over or near. */
  readonly ending: readonly { readonly model: string; readonly availableUntil: string }[];
}

export interface ModelOverview extends Overview {
  readonly typicalSeconds: { readonly p50: number; readonly p90: number };
  readonly allowed: number | null;
}

interface Overview {
  readonly id: string;
  readonly label: string;
  /** As it was set for this id; a provider's word also binds its models. */
  readonly switch: ProviderSwitch;
  readonly circuit: CircuitOverview;
  /** Decayed; `null` while nothing has been seen. */
  readonly successRate: number | null;
  /** Observations behind the rate, old ones counting less. */
  readonly observations: number;
  readonly running: number;
}

interface CircuitOverview {
  readonly state: CircuitView;
  readonly openUntil: number | null;
  readonly lastFailure: ErrorCode | null;
  readonly consecutiveFailures: number;
  readonly openings: number;
}

const endingSoonDays = 60;

export function providerOverviews(
  catalogue: Catalogue,
  health: HealthState,
  policy: Policy,
  now: number,
): ProviderOverview[] {
  const soon = utcDay(now + endingSoonDays * dayMs);
  const statsOf = (model: string) => decayed(health.stats[model], now, policy.health.halfLifeSeconds);
  return catalogue.providers.map((id) => {
    const entries = catalogue.entries.filter(({ model }) => model.provider === id);
    const models = entries.map((entry) => toModel(entry, health, statsOf(entry.model.id), now));
    const balance = health.balances[id];
    return {
      id,
      label: catalogue.labels?.[id] ?? id,
      configured: entries.some(({ configured }) => configured),
      switch: health.switches[id] ?? "on",
      circuit: toCircuit(health.circuits[id] ?? closedCircuit, now),
      ...toRate(sum(entries.map(({ model }) => statsOf(model.id)))),
      running: models.reduce((total, { running }) => total + running, 0),
      balanceUsd: balance === undefined ? null : microsToUsd(balance),
      models,
      pricesUnknown: entries.flatMap(({ model }) => (model.price.unit === "unknown" ? [model.id] : [])),
      ending: entries.flatMap(({ model: { id: model, availableUntil } }) =>
        availableUntil !== undefined && availableUntil <= soon ? [{ model, availableUntil }] : [],
      ),
    };
  });
}

function toModel(
  { model }: CatalogueEntry,
  health: HealthState,
  stats: ModelStats,
  now: number,
): ModelOverview {
  const { id, label, concurrency } = model;
  return {
    id,
    label,
    switch: health.switches[id] ?? "on",
    circuit: toCircuit(health.circuits[id] ?? closedCircuit, now),
    ...toRate(stats),
    running: health.running[id] ?? 0,
    typicalSeconds: typicalSeconds(model, stats),
    allowed: concurrency ?? null,
  };
}

function toCircuit(circuit: Circuit, now: number): CircuitOverview {
  const { lastFailure, consecutiveFailures, openings } = circuit;
  const state = circuitView(circuit, now);
  const openUntil = state === "open" ? circuit.openUntil : null;
  return { state, openUntil, lastFailure, consecutiveFailures, openings };
}

/** Without the prior that decisions add: an administrator asks what has been seen. */
function toRate({ successes, failures }: Pick<ModelStats, "successes" | "failures">) {
  const observations = successes + failures;
  return { successRate: observations === 0 ? null : successes / observations, observations };
}

function sum(stats: readonly ModelStats[]): Pick<ModelStats, "successes" | "failures"> {
  return {
    successes: stats.reduce((total, { successes }) => total + successes, 0),
    failures: stats.reduce((total, { failures }) => total + failures, 0),
  };
}
