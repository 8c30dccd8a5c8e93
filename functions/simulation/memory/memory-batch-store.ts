import { bookHolds, countStart, jobIdUsedUp } from "../../src/adapters/shared/account.js";
import { fromPageToken, toPage } from "../../src/adapters/shared/page-token.js";
import type { Batch } from "../../src/domain/batch/batch.js";
import type { BatchStore } from "../../src/engine/ports/batch-store.js";
import {
  frozenCopy,
  hasLine,
  type MemoryDatabase,
  prepareBudgets,
  prepareLines,
  writeBudgets,
  writeLines,
} from "./memory-database.js";

/** Batches in this process, beside the jobs of the same database. */
export function memoryBatchStore(database: MemoryDatabase): BatchStore {
  const { batches, jobs } = database;
  return {
    async create(batch, starts, startsPerMinute, budget) {
      const existing = batches.get(batch.id);
      if (existing !== undefined) return { batch: existing, created: false };
      const { uid, createdAt: at } = batch;
      const used = starts.find(({ hold }) => hasLine(database, uid, hold.id));
      if (used !== undefined) throw jobIdUsedUp(used.job.id);
      const holds = starts.map(({ hold }) => hold);
      const booking = prepareLines(database, uid, [], at, (opened) =>
        bookHolds(countStart(opened, startsPerMinute, at, starts.length), holds),
      );
      const reserved = prepareBudgets(database, budget);
      writeLines(database, uid, booking);
      writeBudgets(database, reserved);
      for (const { job } of starts) {
        jobs.set(job.id, frozenCopy(job));
        for (const watcher of database.watchers) watcher(job.id);
      }
      batches.set(batch.id, frozenCopy(batch));
      return { batch: frozenCopy(batch), created: true, nearing: reserved.nearing };
    },

    get: async (batchId) => batches.get(batchId) ?? null,

    async update(batchId, decide) {
      const batch = batches.get(batchId);
      const next = batch === undefined ? null : decide(batch);
      if (next === null) return null;
      batches.set(batchId, frozenCopy(next));
      return next;
    },

    async listByOwner(uid, { type, limit, pageToken }) {
      const after = pageToken === undefined ? null : fromPageToken(pageToken);
      const newestFirst = [...batches.values()]
        .filter((batch) => batch.uid === uid && (type === undefined || batch.type === type))
        .filter((batch) => after === null || comparePlaces(batch, after) > 0)
        .sort(comparePlaces);
      return toPage(newestFirst, limit);
    },

    async listEnded(before, limit, after) {
      return [...batches.values()]
        .filter(({ endedAt }) => endedAt !== null && endedAt < before)
        .filter((batch) => after === null || compareEnds(batch, after) > 0)
        .sort(compareEnds)
        .slice(0, limit);
    },

    async delete(batchId) {
      batches.delete(batchId);
    },
  };
}

type Place = Pick<Batch, "id" | "createdAt">;

/** Newest first. */
function comparePlaces(one: Place, other: Place): number {
  const later = other.createdAt - one.createdAt;
  return later !== 0 || one.id === other.id ? later : one.id < other.id ? 1 : -1;
}

type Ended = Pick<Batch, "id" | "endedAt">;

function compareEnds(one: Ended, other: Ended): number {
  const earlier = (one.endedAt ?? 0) - (other.endedAt ?? 0);
  return earlier !== 0 || one.id === other.id ? earlier : one.id < other.id ? -1 : 1;
}
