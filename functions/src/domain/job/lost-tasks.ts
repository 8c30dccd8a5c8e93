/** A run of a task is not noted when another of its type was noted within this time before. */
export const noteEveryMs = 20_000;
/** How late a task may be that is about to run: queues are late, and a sweep enqueues again what was lost. */
export const graceMs = 60_000;

/**
 * Is this a lost task: one that was due and has not run? A run would have left a note that is no older than
 * `noteEveryMs` before it. While tasks run, this is never so, and nobody asks a provider twice.
 */
export function isLost(dueAt: number, latestNoteAt: number | undefined, now: number): boolean {
  if (now < dueAt + graceMs) return false;
  return latestNoteAt === undefined || latestNoteAt < dueAt - noteEveryMs;
}

/** Is the latest note so young that no task of its type can be lost? */
export function isRunning(latestNoteAt: number | undefined, now: number): boolean {
  return latestNoteAt !== undefined && latestNoteAt >= now - graceMs - noteEveryMs;
}

const firstAgainMs = 30_000;
/** A sweep comes every minute, so that a store is enqueued again so much after its time at the latest. */
const sweepMs = 60_000;

/** How often an overdue store was to be enqueued again: each time after twice as long, for it may be under way. */
export function storesAgain(dueAt: number, now: number): number {
  return now < dueAt + firstAgainMs ? 0 : 1 + Math.floor(Math.log2((now - dueAt) / firstAgainMs));
}

/** The same for a store, which has one time and is enqueued again: it is the latest task of it that has to run. */
export function isStoreLost(dueAt: number, latestNoteAt: number | undefined, now: number): boolean {
  const again = storesAgain(dueAt, now - graceMs - sweepMs);
  const latestDueAt = again === 0 ? dueAt : dueAt + firstAgainMs * 2 ** (again - 1);
  return isLost(latestDueAt, latestNoteAt, now);
}
