import { onTaskDispatched, type TaskQueueOptions } from "firebase-functions/tasks";
import type { z } from "zod";
import { type Task, taskSchemas } from "../../domain/job/tasks.js";
import { sizeProblem, taskSizeLimits } from "../../domain/request/input-size.js";
import { advance } from "../../engine/composite/advance.js";
import type { Deps } from "../../engine/deps.js";
import { noteRun } from "../../engine/note-run.js";
import { deleteUser as deletePage } from "../../engine/person/delete-user.js";
import { pollOrAdvance } from "../../engine/run-task.js";
import { startJob as start } from "../../engine/start/start-job.js";
import { storeVideo as store } from "../../engine/store/store-video.js";
import { taskAccess } from "../config/parameters.js";
import { runtime } from "../config/runtime.js";

/** Short: what a task cannot do in this time the sweeper takes up again from the job itself. */
const retryConfig = { maxAttempts: 5, minBackoffSeconds: 2, maxBackoffSeconds: 60, maxDoublings: 4 };

export const startJob = taskFunction("start", (deps, { jobId }) => start(deps, jobId), {
  // Three tries of a call, 60 s each, with their waits.
  timeoutSeconds: 240,
  rateLimits: { maxConcurrentDispatches: 200, maxDispatchesPerSecond: 200 },
});

export const pollJob = taskFunction("poll", pollOrAdvance, {
  timeoutSeconds: 240,
  rateLimits: { maxConcurrentDispatches: 500, maxDispatchesPerSecond: 500 },
});

export const advanceJob = taskFunction("advance", (deps, { jobId }) => advance(deps, jobId), {
  timeoutSeconds: 240,
  rateLimits: { maxConcurrentDispatches: 200, maxDispatchesPerSecond: 200 },
});

export const storeVideo = taskFunction("store", (deps, { jobId }) => store(deps, jobId), {
  memory: "1GiB",
  timeoutSeconds: 1_800,
  // Bytes are streamed, but a check and a few transfers share one instance's memory and line.
  concurrency: 8,
  // As many as the default number of instances takes.
  rateLimits: { maxConcurrentDispatches: 80, maxDispatchesPerSecond: 50 },
});

export const deleteUser = taskFunction("delete_user", (deps, { uid }) => deletePage(deps, uid), {
  // A page of jobs, and each may have some files.
  timeoutSeconds: 1_800,
  rateLimits: { maxConcurrentDispatches: 10, maxDispatchesPerSecond: 10 },
});

function taskFunction<Type extends Task["type"]>(
  type: Type,
  run: (deps: Deps, task: z.output<(typeof taskSchemas)[Type]>) => Promise<unknown>,
  options: TaskQueueOptions,
) {
  return onTaskDispatched({ retryConfig, ...taskAccess, ...options }, async (request) => {
    const { deps } = await runtime();
    // What cannot be read will not become readable by being sent again; the sweeper looks after the job.
    const tooLarge = sizeProblem(request.data, taskSizeLimits);
    if (tooLarge !== null) {
      deps.log.error("task.unreadable", { task: request.id, fields: tooLarge });
      return;
    }
    const task = taskSchemas[type].safeParse(request.data);
    if (!task.success) {
      const fields = task.error.issues.map((issue) => issue.path.join(".")).join(", ");
      deps.log.error("task.unreadable", { task: request.id, fields });
      return;
    }
    await noteRun(deps, type);
    await run(deps, task.data as z.output<(typeof taskSchemas)[Type]>);
  });
}
