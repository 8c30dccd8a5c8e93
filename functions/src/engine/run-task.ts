import type { PollTask, Task } from "../domain/job/tasks.js";
import { shownAs } from "../domain/selection/composite-plan.js";
import { advance } from "./composite/advance.js";
import type { Deps } from "./deps.js";
import { noteRun } from "./note-run.js";
import { deleteUser } from "./person/delete-user.js";
import { pollJob } from "./poll/poll-job.js";
import { startJob } from "./start/start-job.js";
import { storeVideo } from "./store/store-video.js";

/** Does what a task asks for, where one process runs the tasks of every type. */
export async function runTask(deps: Deps, task: Task): Promise<void> {
  await noteRun(deps, task.type);
  switch (task.type) {
    case "start":
      return startJob(deps, task.jobId);
    case "poll":
      return pollOrAdvance(deps, task);
    case "advance":
      return advance(deps, task.jobId);
    case "store":
      await storeVideo(deps, task.jobId);
      return;
    case "delete_user":
      return deleteUser(deps, task.uid);
  }
}

/** Until 2026-11-30 a job that is made of parts was polled like a provider's generation. */
export async function pollOrAdvance(deps: Deps, task: PollTask): Promise<void> {
  const isWhole = Object.values(shownAs).some(({ provider }) => provider === task.provider);
  await (isWhole ? advance(deps, task.jobId) : pollJob(deps, task));
}
