import type { Firestore } from "firebase-admin/firestore";
import { noteEveryMs } from "../../domain/job/lost-tasks.js";
import type { Task } from "../../domain/job/tasks.js";
import type { TaskRuns } from "../../engine/ports/task-runs.js";
import { taskRunsDocument } from "./paths.js";

/**
 * `state/tasks`. Each instance reads it at most once in `noteEveryMs` for a type, and writes only when
 * nobody else has: a few writes a minute, however many tasks run.
 */
export function firebaseTaskRuns(db: Firestore, now: () => number): TaskRuns {
  const known = new Map<Task["type"], number>();
  const isFresh = (at: number | undefined) => at !== undefined && at > now() - noteEveryMs;

  async function latest() {
    return (await taskRunsDocument(db).get()).data() ?? {};
  }

  return {
    async note(type) {
      if (isFresh(known.get(type))) return;
      // Those that come meanwhile rely on this one.
      known.set(type, now());
      try {
        const noted = (await latest())[type];
        if (noted !== undefined && isFresh(noted)) known.set(type, noted);
        else await taskRunsDocument(db).set({ [type]: now() }, { merge: true });
      } catch (error) {
        known.delete(type);
        throw error;
      }
    },
    latest,
  };
}
