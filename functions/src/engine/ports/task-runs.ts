import type { Task } from "../../domain/job/tasks.js";

/**
 * Which tasks reach their functions. Polls that find nothing new touch no document, so without this
 * nobody could tell a queue that is quiet from one that is dead.
 */
export interface TaskRuns {
  /** A task of this type has reached its function. Not every one is written: see `noteEveryMs`. */
  note(type: Task["type"]): Promise<void>;
  /** The latest notes in epoch milliseconds; absent for a type that has never been noted. */
  latest(): Promise<LatestRuns>;
}

export type LatestRuns = Readonly<Partial<Record<Task["type"], number>>>;
