import type { DocumentSnapshot, Firestore, WriteBatch } from "firebase-admin/firestore";
import { closedCircuit } from "../../domain/health/circuit.js";
import type { HealthState } from "../../domain/health/health.js";
import type { Observation } from "../../domain/health/stats.js";
import type { Snapshot } from "../../domain/selection/selection.js";
import type { HealthStore } from "../../engine/ports/health-store.js";
import type { Logger } from "../../engine/ports/logger.js";
import type { PolicyStore } from "../../engine/ports/policy-store.js";
import type { SnapshotStores } from "../../engine/ports/snapshot-stores.js";
import { afterObservations, type UnwrittenSuccesses, unwrittenAfter } from "../shared/circuits-after.js";
import { type ShardDocument, snapshotConverter } from "./documents/administration.js";
import { readAll, replace } from "./documents/document.js";
import { optimistically } from "./optimistic.js";
import { shardDocuments, snapshotDocument } from "./paths.js";
import { addVersion, readVersion, readVersions } from "./policy-store.js";
import { readSnapshot, type StoredSnapshot } from "./snapshot-document.js";
import { createStatsShards, foldShards, shardCount } from "./stats-shards.js";

export interface SnapshotOptions {
  readonly log: Logger;
  readonly now: () => number;
}

/** How long an instance decides by the same snapshot. Its own changes it sees at once. */
const cacheMs = 15_000;

/** Health and policies: two stores, and one Firestore document that every decision reads. */
export function firebaseSnapshotStores(db: Firestore, { log, now }: SnapshotOptions): SnapshotStores {
  const stats = createStatsShards(db, now, log);
  let cached: { readonly snapshot: Snapshot; readonly readAt: number } | undefined;
  let reading: Promise<Snapshot> | undefined;

  function keep({ policy, health, shadow }: Required<Snapshot>): Snapshot {
    const snapshot = { policy, health, shadow };
    cached = { snapshot, readAt: now() };
    return snapshot;
  }

  async function current(maxAgeMs = cacheMs): Promise<Snapshot> {
    if (cached !== undefined && now() - cached.readAt < Math.min(maxAgeMs, cacheMs)) return cached.snapshot;
    // Requests that arrive together share one read.
    reading ??= readSnapshot(db, log)
      .then(keep)
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }

  /** Commits what `change` makes of the health; the same object, or `null`, writes nothing. */
  async function changeHealth<Health extends HealthState | null>(
    change: (stored: StoredSnapshot, batch: WriteBatch) => Promise<Health> | Health,
  ): Promise<Health> {
    return optimistically(async () => {
      const stored = await readSnapshot(db, log);
      const batch = db.batch();
      const health = await change(stored, batch);
      if (health !== null && health !== stored.health) {
        writePart(db, batch, stored, { health });
        await batch.commit();
      }
      keep({ ...stored, health: health ?? stored.health });
      return health;
    });
  }

  /** Writes policy or shadow; with `also`, together with another document. */
  async function changePolicy(
    part: Partial<Pick<StoredSnapshot, "policy" | "shadow">>,
    also?: (batch: WriteBatch) => Promise<void>,
  ): Promise<void> {
    await optimistically(async () => {
      const batch = db.batch();
      const stored = await readSnapshot(db, log);
      await also?.(batch);
      writePart(db, batch, stored, part);
      await batch.commit();
      keep({ ...stored, ...part });
    });
  }

  let unwritten: UnwrittenSuccesses = {};
  /** What waits for the commit that is under way: this instance never competes with itself. */
  let waiting: Observation[] = [];
  let writing: Promise<void> = Promise.resolve();

  async function changeCircuits(observations: readonly Observation[]): Promise<void> {
    let before: HealthState | undefined;
    const after = await changeHealth((stored) => {
      before = stored.health;
      return afterObservations(stored.health, observations, now(), stored.policy.breaker, unwritten);
    });
    unwritten = unwrittenAfter(unwritten, observations, before ?? after, after, now());
  }

  const health: HealthStore = {
    async record(observations) {
      stats.add(observations);
      await stats.flush();
      const { policy, health } = await current();
      // By the cache first: a circuit that is open already, or traffic that goes well, costs nothing.
      if (afterObservations(health, observations, now(), policy.breaker) === health) {
        unwritten = unwrittenAfter(unwritten, observations, health, health, now());
        return;
      }
      waiting.push(...observations);
      writing = writing
        .catch(() => undefined)
        .then(async () => {
          const taken = waiting;
          waiting = [];
          if (taken.length > 0) await changeCircuits(taken);
        });
      await writing;
    },

    async changeCircuit(key, change) {
      const health = await changeHealth(({ health }) => {
        const circuit = health.circuits[key] ?? closedCircuit;
        const next = change(circuit);
        if (next === null) return null;
        return next === circuit ? health : { ...health, circuits: { ...health.circuits, [key]: next } };
      });
      return health === null ? null : (health.circuits[key] ?? closedCircuit);
    },

    async setSwitch(id, value) {
      await changeHealth(({ health }) => ({
        ...health,
        switches: { ...health.switches, [id]: value },
      }));
    },

    async setProbes(balances, running) {
      await stats.flushNow();
      await changeHealth(async ({ health, policy }, batch) => {
        const shards = await takeShards(db, batch);
        const { halfLifeSeconds } = policy.health;
        const folded = foldShards(health.stats, shards, now(), halfLifeSeconds);
        return { ...health, stats: folded, balances, running, checkedAt: now() };
      });
    },
  };

  const policies: PolicyStore = {
    publish: (published) =>
      changePolicy({ policy: published.policy }, (batch) => addVersion(db, batch, published)),
    version: (version) => readVersion(db, version),
    list: (limit) => readVersions(db, limit),
    setShadow: (shadow) => changePolicy({ shadow }),
  };

  return {
    async snapshot(maxAgeMs) {
      await stats.flush();
      return current(maxAgeMs);
    },
    health,
    policies,
  };
}

/** Replaces one part of the document, if it is still as it was read. */
function writePart(
  db: Firestore,
  batch: WriteBatch,
  { updateTime }: StoredSnapshot,
  part: Partial<Snapshot>,
): void {
  const document = snapshotDocument(db);
  if (updateTime === undefined) batch.create(document, part);
  else replace(batch, document, snapshotConverter, part, updateTime);
}

/** Reads the shards and deletes them with the commit, which fails when one has grown meanwhile. */
async function takeShards(db: Firestore, batch: WriteBatch): Promise<DocumentSnapshot<ShardDocument>[]> {
  const shards = await readAll(db, shardDocuments(db, shardCount));
  const filled = shards.filter((shard) => shard.exists);
  for (const { ref, updateTime } of filled) {
    if (updateTime !== undefined) batch.delete(ref, { lastUpdateTime: updateTime });
  }
  return filled;
}
