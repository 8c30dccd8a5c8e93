/**
 * The deletion of everything that is kept of a person, from the request until nothing is left. It lies with
 * the account, so that a start and the deletion meet in one document, and it goes with it.
 */
export interface Deletion {
  readonly uid: string;
  /** Stands for the person in records of money that stay. Random, and kept with nothing that names them. */
  readonly pseudonym: string;
  /** What ids are hashed with where they stay. Forgotten with this, so nobody can find them out by trying. */
  readonly salt: string;
  readonly requestedAt: number;
  readonly by: DeletionCause;
  readonly phase: DeletionPhase;
  /** The job or ledger line that was looked at last, by id; `null` at the beginning of a pass. */
  readonly after: string | null;
  /** Has this pass met a job that is not over yet? */
  readonly metOpen: boolean;
  /** When no job was left for the first time. */
  readonly emptyAt: number | null;
  readonly removedJobs: number;
  readonly removedFiles: number;
  /** Grows with every step. Of two who take the same step one alone writes it down. */
  readonly version: number;
  /** When the next step is to be taken. */
  readonly dueAt: number;
}

/** `account`: the person is gone from the sign-in, and their data follow. */
export type DeletionCause = "owner" | "admin" | "account";

/**
 * `jobs`: stopped, settled and removed. `records`: files and documents that name the person. `ledger`: its
 * lines are copied without the person. `account`: the rest.
 */
export const deletionPhases = ["jobs", "records", "ledger", "account"] as const;
export type DeletionPhase = (typeof deletionPhases)[number];

/** Stopping a job takes its provider's answer; the sweeper asks for that every minute. */
const openWaitMs = 60_000;
/**
 * Between the last job and the rest: longer than a function may run (an hour) and an ID token may be used
 * (an hour), so that whatever began before the deletion has ended, and its traces are found.
 */
const quietMs = 5_400_000;

export function newDeletion(
  start: Pick<Deletion, "uid" | "pseudonym" | "salt" | "by">,
  now: number,
): Deletion {
  return {
    ...start,
    requestedAt: now,
    phase: "jobs",
    after: null,
    metOpen: false,
    emptyAt: null,
    removedJobs: 0,
    removedFiles: 0,
    version: 1,
    dueAt: now,
  };
}

/** When everything will be gone, if every job can be stopped at once. */
export function expectedEnd({ requestedAt }: Deletion): number {
  return requestedAt + openWaitMs + quietMs;
}

/** What a page of jobs has come to; `last` is `null` behind the last one. */
export interface JobsPage {
  readonly last: string | null;
  readonly metOpen: boolean;
  readonly removedJobs: number;
  readonly removedFiles: number;
}

export function afterJobs(deletion: Deletion, page: JobsPage, now: number): Deletion {
  const next = stepped(deletion, now, {
    removedJobs: deletion.removedJobs + page.removedJobs,
    removedFiles: deletion.removedFiles + page.removedFiles,
  });
  const metOpen = deletion.metOpen || page.metOpen;
  if (page.last !== null) return { ...next, after: page.last, metOpen };
  const again = { ...next, after: null, metOpen: false };
  if (metOpen) return { ...again, dueAt: now + openWaitMs };
  const emptyAt = deletion.emptyAt ?? now;
  if (now < emptyAt + quietMs) return { ...again, emptyAt, dueAt: emptyAt + quietMs };
  return { ...again, emptyAt, phase: "records" };
}

/** Of records a page is removed in each step, until there is none. */
export function afterRecords(
  deletion: Deletion,
  removedFiles: number,
  isEmpty: boolean,
  now: number,
): Deletion {
  const next = stepped(deletion, now, { removedFiles: deletion.removedFiles + removedFiles });
  return isEmpty ? { ...next, phase: "ledger" } : next;
}

/** `last` is `null` behind the last line. */
export function afterLedger(deletion: Deletion, last: string | null, now: number): Deletion {
  const next = stepped(deletion, now, { after: last });
  return last === null ? { ...next, phase: "account" } : next;
}

function stepped(deletion: Deletion, now: number, changes: Partial<Deletion>): Deletion {
  return { ...deletion, ...changes, version: deletion.version + 1, dueAt: now };
}
