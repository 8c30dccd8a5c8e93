import type { Circuit } from "../../domain/health/circuit.js";
import type { ProviderSwitch } from "../../domain/health/health.js";
import type { Observation } from "../../domain/health/stats.js";
import type { UsdMicros } from "../../domain/money.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { PublishedPolicy } from "../../domain/policy/publication.js";
import type { Snapshot } from "../../domain/selection/selection.js";

export interface HealthStore {
  /** One document, cached for a few seconds per instance; with an age, not older than that. */
  snapshot(maxAgeMs?: number): Promise<Snapshot>;
  record(observations: readonly Observation[]): Promise<void>;
  /** Changes one circuit in a transaction; `null` from `change` leaves it and returns `null`. */
  changeCircuit(key: string, change: (circuit: Circuit) => Circuit | null): Promise<Circuit | null>;
  /** By provider or model id. */
  setSwitch(id: string, value: ProviderSwitch): Promise<void>;
  setProbes(
    balances: Readonly<Record<string, UsdMicros>>,
    running: Readonly<Record<string, number>>,
  ): Promise<void>;
  /** Makes a policy the live one and keeps it under its version. Throws `RequestError` when that is taken. */
  publishPolicy(published: PublishedPolicy): Promise<void>;
  /** Version 0 is the built-in policy; `null` when nobody published this one. */
  policyVersion(version: number): Promise<PublishedPolicy | null>;
  /** What was published, newest first. */
  listPolicies(limit: number): Promise<PublishedPolicy[]>;
  /** A policy to be watched beside the live one; `null` ends that. */
  setShadow(policy: Policy | null): Promise<void>;
}
