import { type Circuit, closedCircuit } from "../../domain/circuit.js";
import { addObservation, emptyHealth, type HealthState } from "../../domain/health.js";
import { defaultPolicy, type Policy } from "../../domain/policy.js";
import type { HealthStore } from "../../engine/ports.js";
import { afterObservations } from "../shared/circuits-after.js";
import { checkPublished } from "../shared/published-policy.js";
import { frozenCopy } from "./memory-database.js";

/** Health and policy in this process. Statistics count at once, where shared stores sum them up first. */
export function memoryHealthStore(options: { now: () => number; policy?: Policy }): HealthStore {
  const { now } = options;
  let policy = frozenCopy(options.policy ?? defaultPolicy);
  let health: HealthState = frozenCopy(emptyHealth);
  const published = new Map<number, Policy>();

  function change(part: Partial<HealthState>): void {
    health = frozenCopy({ ...health, ...part });
  }

  return {
    snapshot: async () => ({ policy, health }),

    async record(observations) {
      const stats = { ...health.stats };
      for (const { model, outcome } of observations) {
        stats[model] = addObservation(stats[model], outcome, now(), policy.health.halfLifeSeconds);
      }
      change({ stats, circuits: afterObservations(health, observations, now(), policy.breaker).circuits });
    },

    async changeCircuit(key, changeOne): Promise<Circuit | null> {
      const circuit = health.circuits[key] ?? closedCircuit;
      const next = changeOne(circuit);
      if (next === null) return null;
      if (next !== circuit) change({ circuits: { ...health.circuits, [key]: next } });
      return next;
    },

    async setSwitch(provider, value) {
      change({ switches: { ...health.switches, [provider]: value } });
    },

    async setProbes(balances, running) {
      change({ balances, running, checkedAt: now() });
    },

    async publishPolicy(next) {
      checkPublished(published.get(next.version) ?? null, next);
      policy = frozenCopy(next);
      published.set(next.version, policy);
    },
  };
}
