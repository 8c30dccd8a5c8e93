import type { Circuit } from "../../domain/health/circuit.js";
import type { ProviderSwitch } from "../../domain/health/health.js";
import type { Observation } from "../../domain/health/stats.js";
import type { UsdMicros } from "../../domain/money.js";

/** How providers and models are doing. What is written here is read with `deps.snapshot()`. */
export interface HealthStore {
  record(observations: readonly Observation[]): Promise<void>;
  /** Changes one circuit in a transaction; `null` from `change` leaves it and returns `null`. */
  changeCircuit(key: string, change: (circuit: Circuit) => Circuit | null): Promise<Circuit | null>;
  /** By provider or model id. */
  setSwitch(id: string, value: ProviderSwitch): Promise<void>;
  setProbes(
    balances: Readonly<Record<string, UsdMicros>>,
    running: Readonly<Record<string, number>>,
  ): Promise<void>;
}
