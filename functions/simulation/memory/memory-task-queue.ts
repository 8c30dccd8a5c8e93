import type { Task } from "../../src/domain/job/tasks.js";
import type { TaskQueue } from "../../src/engine/ports/task-queue.js";
import { frozenCopy } from "./memory-database.js";

export interface MemoryTaskQueue extends TaskQueue {
  /** Removes and returns the tasks that are due, earliest first, in the order they were enqueued. */
  takeDue(now: number): Task[];
  /** When the next task is due; `null` when there is none. */
  nextDueAt(): number | null;
  size(): number;
}

interface QueuedTask {
  readonly task: Task;
  readonly dueAt: number;
}

/** Remembers every name for ever, where Cloud Tasks forgets it about an hour after the task is done. */
export function memoryTaskQueue(): MemoryTaskQueue {
  const seenNames = new Set<string>();
  /** Earliest first. */
  const waiting: QueuedTask[] = [];

  return {
    async enqueue(name, task, dueAt) {
      if (seenNames.has(name)) return;
      seenNames.add(name);
      waiting.splice(firstAfter(waiting, dueAt), 0, { task: frozenCopy(task), dueAt });
    },
    takeDue: (now) => waiting.splice(0, firstAfter(waiting, now)).map(({ task }) => task),
    nextDueAt: () => waiting[0]?.dueAt ?? null,
    size: () => waiting.length,
  };
}

/** Index of the first task that is due after a time; found by halving, since simulations queue thousands. */
function firstAfter(waiting: readonly QueuedTask[], time: number): number {
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((waiting[middle]?.dueAt ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
