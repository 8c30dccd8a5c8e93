import { advance } from "./composite/advance.js";
import type { Deps } from "./deps.js";
import { pollJob } from "./poll/poll-job.js";
import type { Task } from "./ports/task-queue.js";
import { startJob } from "./start/start-job.js";
import { storeVideo } from "./store/store-video.js";

/** Does what a task asks for, where one process runs the tasks of every type. */
export async function runTask(deps: Deps, task: Task): Promise<void> {
  switch (task.type) {
    case "start":
      return startJob(deps, task.jobId);
    case "poll":
      await pollJob(deps, task);
      return;
    case "advance":
      return advance(deps, task.jobId);
    case "store":
      await storeVideo(deps, task.jobId);
  }
}
