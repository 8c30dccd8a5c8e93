import {
  afterObservations,
  type UnwrittenSuccesses,
  unwrittenAfter,
} from "../../src/adapters/shared/circuits-after.js";
import { checkPublished } from "../../src/adapters/shared/published-policy.js";
import { type Circuit, closedCircuit } from "../../src/domain/health/circuit.js";
import { emptyHealth, type HealthState } from "../../src/domain/health/health.js";
import { addObservation } from "../../src/domain/health/stats.js";
import { defaultPolicy, type Policy } from "../../src/domain/policy/policy.js";
import { builtInPolicy, type PublishedPolicy } from "../../src/domain/policy/publication.js";
import type { HealthStore } from "../../src/engine/ports/health-store.js";
import type { PolicyStore } from "../../src/engine/ports/policy-store.js";
import type { SnapshotStores } from "../../src/engine/ports/snapshot-stores.js";
import { frozenCopy } from "./memory-database.js";

/** Health and policies in this process. Statistics count at once, where shared stores sum them up first. */
export function memorySnapshotStores(options: {
  now: () => number;
  policy?: Policy;
  published?: Map<number, PublishedPolicy>;
}): SnapshotStores {
  const { now } = options;
  let policy = frozenCopy(options.policy ?? defaultPolicy);
  let health: HealthState = frozenCopy(emptyHealth);
  let shadow: Policy | null = null;
  let unwritten: UnwrittenSuccesses = {};
  const { published = new Map<number, PublishedPolicy>() } = options;

  function versionOf(version: number): PublishedPolicy | null {
    return version === 0 ? builtInPolicy : (published.get(version) ?? null);
  }

  function change(part: Partial<HealthState>): void {
    health = frozenCopy({ ...health, ...part });
  }

  const healthStore: HealthStore = {
    async record(observations) {
      const stats = { ...health.stats };
      for (const { model, outcome } of observations) {
        stats[model] = addObservation(stats[model], outcome, now(), policy.health.halfLifeSeconds);
      }
      const before = health;
      const after = afterObservations(before, observations, now(), policy.breaker, unwritten);
      unwritten = unwrittenAfter(unwritten, observations, before, after, now());
      change({ stats, circuits: after.circuits });
    },

    async changeCircuit(key, changeOne): Promise<Circuit | null> {
      const circuit = health.circuits[key] ?? closedCircuit;
      const next = changeOne(circuit);
      if (next === null) return null;
      if (next !== circuit) change({ circuits: { ...health.circuits, [key]: next } });
      return next;
    },

    async setSwitch(id, value) {
      change({ switches: { ...health.switches, [id]: value } });
    },

    async setProbes(balances, running) {
      change({ balances, running, checkedAt: now() });
    },
  };

  const policies: PolicyStore = {
    async publish(next) {
      const { version } = next.policy;
      checkPublished(versionOf(version), next);
      if (version > 0) published.set(version, frozenCopy(next));
      policy = frozenCopy(next.policy);
    },

    version: async (version) => versionOf(version),

    async list(limit) {
      return [...published.values()]
        .sort((one, other) => other.policy.version - one.policy.version)
        .slice(0, limit);
    },

    async setShadow(next) {
      shadow = frozenCopy(next);
    },
  };

  return { snapshot: async () => ({ policy, health, shadow }), health: healthStore, policies };
}
