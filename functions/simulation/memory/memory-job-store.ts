import { isDeepStrictEqual } from "node:util";
import { countStart, jobIdUsedUp } from "../../src/adapters/shared/account.js";
import { fromPageToken, toPage } from "../../src/adapters/shared/page-token.js";
import type { AttemptCost } from "../../src/domain/accounting/drift.js";
import { type Attempt, isTerminal, isUnresolved, type Job } from "../../src/domain/job/job.js";
import type { JobStore } from "../../src/engine/ports/job-store.js";
import {
  budgetUse,
  frozenCopy,
  hasLine,
  type MemoryDatabase,
  prepareBudgets,
  prepareLines,
  writeBudgets,
  writeLines,
} from "./memory-database.js";

/** Jobs in this process: for tests, for simulations, and where there is no Firestore. */
export function memoryJobStore(database: MemoryDatabase): JobStore {
  const { jobs } = database;

  function save(job: Job): void {
    jobs.set(job.id, frozenCopy(job));
    changed(job.id);
  }

  function changed(jobId: string): void {
    for (const watcher of database.watchers) watcher(jobId);
  }

  function select(matches: (job: Job) => boolean, sortKey: (job: Job) => number): Job[] {
    return [...jobs.values()].filter(matches).sort((a, b) => compare([sortKey(a), a.id], [sortKey(b), b.id]));
  }

  return {
    async create(job, hold, startsPerMinute, budget = []) {
      const existing = jobs.get(job.id);
      if (existing !== undefined) return { job: existing, created: false };
      if (hold !== null && hasLine(database, job.uid, hold.id)) throw jobIdUsedUp(job.id);
      const booking =
        hold === null
          ? null
          : prepareLines(database, job.uid, [hold], hold.at, (opened) =>
              countStart(opened, startsPerMinute, hold.at),
            );
      const reserved = prepareBudgets(database, budget);
      if (booking !== null) writeLines(database, job.uid, booking);
      writeBudgets(database, reserved);
      save(job);
      return { job: frozenCopy(job), created: true, nearing: reserved.nearing };
    },

    get: async (jobId) => jobs.get(jobId) ?? null,

    watch(jobId, onChange) {
      const tell = () => {
        // Like a real database: never before `watch` has returned, never after it was stopped.
        queueMicrotask(() => {
          if (database.watchers.has(watcher)) onChange(jobs.get(jobId) ?? null);
        });
      };
      const watcher = (changedId: string) => {
        if (changedId === jobId) tell();
      };
      database.watchers.add(watcher);
      tell();
      return () => {
        database.watchers.delete(watcher);
      };
    },

    async update(jobId, decide) {
      const job = jobs.get(jobId);
      if (job === undefined) return null;
      const transition = decide(job);
      if (transition === null) return null;
      const { ledger, budget = [] } = transition;
      const { uid, updatedAt } = transition.job;
      const booking = ledger.length === 0 ? null : prepareLines(database, uid, ledger, updatedAt);
      const reserved = prepareBudgets(database, budget);
      if (booking !== null) writeLines(database, uid, booking);
      writeBudgets(database, reserved);
      save(transition.job);
      return { ...transition, nearing: reserved.nearing };
    },

    budgetUse: async (day, scopes) => scopes.map((scope) => budgetUse(database, day, scope)),

    async listByOwner(uid, { status, limit, pageToken }) {
      const after = pageToken === undefined ? null : fromPageToken(pageToken);
      const newestFirst = select(
        (job) =>
          job.uid === uid &&
          job.partOf === undefined &&
          (status === undefined || job.status === status) &&
          (after === null || compare([job.createdAt, job.id], [after.createdAt, after.id]) < 0),
        (job) => job.createdAt,
      ).reverse();
      return toPage(newestFirst, limit);
    },

    async listAllOf(uid, limit, afterId) {
      const isNext = (job: Job) => job.uid === uid && (afterId === null || job.id > afterId);
      return select(isNext, () => 0).slice(0, limit);
    },

    async listDue(now, limit, after) {
      const due = select(
        ({ id, checkAt }) =>
          checkAt !== null &&
          checkAt <= now &&
          (after === null || compare([checkAt, id], [after.checkAt, after.jobId]) > 0),
        (job) => job.checkAt ?? 0,
      );
      return due.slice(0, limit);
    },

    async listOpen({ status, limit }) {
      const isAsked = (job: Job) => !isTerminal(job) && (status === undefined || job.status === status);
      return select(isAsked, (job) => job.createdAt).slice(0, limit);
    },

    async listEnded(before, limit, after) {
      const hasEnded = ({ id, endedAt }: Job) =>
        endedAt !== null &&
        endedAt < before &&
        (after === null || compare([endedAt, id], [after.endedAt, after.id]) > 0);
      return select(hasEnded, (job) => job.endedAt ?? 0).slice(0, limit);
    },

    async listUnresolved(limit) {
      return select(
        ({ attempts }) => attempts.some(isUnresolved),
        (job) => job.createdAt,
      ).slice(0, limit);
    },

    async findOperation(provider, handles) {
      const places = [...jobs.values()].flatMap(({ id, attempts }) =>
        attempts
          .filter((attempt) => attempt.provider === provider)
          .filter(({ operation }) => handles.some((handle) => isDeepStrictEqual(handle, operation)))
          .map(({ number }) => ({ jobId: id, attempt: number })),
      );
      return places[0] ?? null;
    },

    async listCosts(limit) {
      return [...jobs.values()]
        .flatMap((job) => job.attempts.flatMap((attempt) => toCost(job.id, attempt)))
        .sort((a, b) => compare([b.endedAt, b.jobId], [a.endedAt, a.jobId]) || b.number - a.number)
        .slice(0, limit);
    },

    async listDecisions(limit) {
      return [...jobs.values()]
        .flatMap(({ id, attempts }) =>
          attempts.map(({ number, decision, createdAt }) => ({
            jobId: id,
            attempt: number,
            record: decision,
            createdAt,
          })),
        )
        .sort((a, b) => compare([b.createdAt, b.jobId], [a.createdAt, a.jobId]) || b.attempt - a.attempt)
        .slice(0, limit);
    },

    async delete(jobId) {
      if (jobs.delete(jobId)) changed(jobId);
    },
  };
}

function toCost(jobId: string, attempt: Attempt): AttemptCost[] {
  const { number, provider, model, listedCostUsdMicros, costUsdMicros, wasted, endedAt } = attempt;
  if (endedAt === null) return [];
  return [{ jobId, number, provider, model, listedCostUsdMicros, costUsdMicros, wasted, endedAt }];
}

type Place = readonly [time: number, id: string];

function compare(a: Place, b: Place): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
