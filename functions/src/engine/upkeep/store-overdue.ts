import pMap from "p-map";
import { reasonOf } from "../../domain/errors.js";
import type { Job } from "../../domain/job/job.js";
import { isRunning, isStoreLost } from "../../domain/job/lost-tasks.js";
import type { Deps } from "../deps.js";
import type { DueCursor } from "../ports/job-store.js";
import { storeVideo } from "../store/store-video.js";
import { readRuns } from "./task-watch.js";

const pageSize = 100;
/** Half of what one instance of the task function stores side by side: a slow host must not keep all others. */
const parallel = 4;
/** After it no file is begun: the function has half an hour, and one file may take most of it. */
const beginWithinMs = 300_000;

/**
 * Stores what no task has stored, a few files at a time, so that a dead queue loses no file that is paid for.
 * While tasks run it does nothing. Returns how many it has tried.
 */
export async function storeOverdue(deps: Deps): Promise<number> {
  const begun = deps.now();
  const { store: latest } = await readRuns(deps);
  if (isRunning(latest, begun)) return 0;
  let tried = 0;
  let after: DueCursor | null = null;
  for (;;) {
    const due: Job[] = await deps.jobs.listDue(begun, pageSize, after);
    const lost = due.filter(({ next }) => next?.step === "store" && isStoreLost(next.dueAt, latest, begun));
    await pMap(
      lost,
      async ({ id }) => {
        if (deps.now() >= begun + beginWithinMs) return;
        tried += 1;
        await storeOne(deps, id);
      },
      { concurrency: parallel },
    );
    if (deps.now() >= begun + beginWithinMs) return tried;
    const last = due.at(-1);
    if (last?.checkAt == null || due.length < pageSize) return tried;
    after = { checkAt: last.checkAt, jobId: last.id };
  }
}

async function storeOne(deps: Deps, jobId: string): Promise<void> {
  try {
    await storeVideo(deps, jobId);
  } catch (error) {
    deps.log.warn("sweep.job_failed", { jobId, reason: reasonOf(error) });
  }
}
