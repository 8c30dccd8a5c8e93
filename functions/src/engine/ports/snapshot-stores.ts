import type { Snapshot } from "../../domain/selection/selection.js";
import type { HealthStore } from "./health-store.js";
import type { PolicyStore } from "./policy-store.js";

/** What decisions go by: two stores that are written apart and read together. */
export interface SnapshotStores {
  /**
   * Policy, health and shadow in one read, cached for a few seconds per instance; with an age, not older
   * than that. What this instance has written itself it sees at once.
   */
  snapshot(maxAgeMs?: number): Promise<Snapshot>;
  readonly health: HealthStore;
  readonly policies: PolicyStore;
}
