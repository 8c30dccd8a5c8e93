import { reasonOf } from "../domain/errors.js";
import type { Task } from "../domain/job/tasks.js";
import type { Deps } from "./deps.js";

/** Notes that tasks of this type run. A failure is no reason not to run it: the sweeper only works more. */
export async function noteRun(deps: Pick<Deps, "taskRuns" | "log">, type: Task["type"]): Promise<void> {
  try {
    await deps.taskRuns.note(type);
  } catch (error) {
    deps.log.warn("tasks.unnoted", { type, reason: reasonOf(error) });
  }
}
