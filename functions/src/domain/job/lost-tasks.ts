/** A run of a task is not noted when another of its type was noted within this time before. */
export const noteEveryMs = 20_000;
/** How late a task may be that is about to run: queues are late, and a sweep enqueues again what was lost. */
export const graceMs = 60_000;

/**
 * Is this a lost task: one that was due and has not run? A run would have left a note that is no older than `noteEveryMs` before
 * it. While tasks run, this is never so, and nobody asks a provider twice.
 */
export function isLost(dueAt: number, latestNoteAt: number | undefined, now: number): boolean {
  if (now < dueAt + graceMs) return false;
  return latestNoteAt === undefined || latestNoteAt < dueAt - noteEveryMs;
}

/** Is the latest note so young that no task of its type can be lost? */
export function isRunning(latestNoteAt: number | undefined, now: number): boolean {
  return latestNoteAt !== undefined && latestNoteAt >= now - graceMs - noteEveryMs;
}
