import type { Task } from "../../domain/job/tasks.js";

export interface TaskQueue {
  /**
   * Enqueues under a name; a name that is already there is not an error and not a second task. Cloud Tasks
   * keeps a name for about an hour after its task is done.
   */
  enqueue(name: string, task: Task, dueAt: number): Promise<void>;
}
