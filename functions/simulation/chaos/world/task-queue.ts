import type { Task } from "../../../src/domain/job/tasks.js";
import type { TaskQueue } from "../../../src/engine/ports/task-queue.js";
import type { Chance } from "../../kit/chance.js";
import type { VirtualTime } from "../../kit/virtual-time.js";
import type { EventLog } from "../record.js";
import type { Swarm } from "../swarm.js";

/** How an invocation ended. */
export type Ending = "done" | "failed" | "died";

/** A queue that delivers late, twice, after a crash or not at all; names are kept for an hour. */
export interface ChaosQueue extends TaskQueue {
  /** Deletes every task that waits. */
  purge(): void;
}

/** As in the retry settings of the deployed queues. */
const maxDeliveries = 5;
const [minBackoffMs, maxBackoffMs] = [2_000, 60_000];
const nameKeptMs = 3_600_000;
const latestMs = 600_000;
/** How often a task that waits in a dead queue looks whether it is alive again. */
const lookAgainMs = 60_000;

export function createChaosQueue(options: {
  time: VirtualTime;
  start: number;
  chance: Chance;
  swarm: Swarm;
  eventLog: EventLog;
  areFaultsStopped: () => boolean;
  run(task: Task): Promise<Ending>;
}): ChaosQueue {
  const { time, start, chance, swarm, eventLog, areFaultsStopped, run } = options;
  const { taskLate, taskLost, taskTwice } = swarm.rates;
  /** Names of tasks, and until when they cannot be used again. */
  const names = new Map<string, number>();
  let purges = 0;
  const happens = (rate: number) => !areFaultsStopped() && chance.happens(rate);

  function deliverAt(dueAt: number, task: Task, delivery: number): void {
    const purgesBefore = purges;
    time.at(dueAt, () => {
      if (purges === purgesBefore) void deliver(task, delivery);
    });
  }

  const trouble = () => {
    const elapsed = time.now() - start;
    const planned = areFaultsStopped() ? null : swarm.queueTrouble;
    return planned !== null && elapsed >= planned.fromMs && elapsed < planned.untilMs ? planned.manner : null;
  };

  async function deliver(task: Task, delivery: number): Promise<void> {
    const manner = trouble();
    if (manner === "dead") {
      deliverAt(time.now() + lookAgainMs, task, delivery);
      return;
    }
    // What is not let in never runs, and is tried as often as anything else.
    const ending = manner === "notLetIn" ? "failed" : await run(task);
    if (ending === "done" || delivery === maxDeliveries) return;
    // A handler that died is retried as after a time-out, or its task is lost with it.
    if (ending === "died" && !happens(0.6)) return;
    const backoffMs = Math.min(maxBackoffMs, minBackoffMs * 2 ** (delivery - 1));
    deliverAt(time.now() + backoffMs, task, delivery + 1);
  }

  return {
    async enqueue(name, task, dueAt) {
      if (trouble() === "notCreated") throw new Error("made so: 403 cloudtasks.tasks.create");
      const keptUntil = names.get(name);
      if (keptUntil !== undefined && time.now() < keptUntil) return;
      const lateMs = happens(taskLate) ? chance.logBetween(1_000, latestMs) : 0;
      const firstAt = Math.max(time.now(), dueAt) + lateMs;
      names.set(name, firstAt + nameKeptMs);
      if (happens(taskLost)) {
        eventLog.note(`task lost ${task.type} ${"jobId" in task ? task.jobId : task.uid}`);
        return;
      }
      deliverAt(firstAt, task, 1);
      if (happens(taskTwice)) deliverAt(firstAt + chance.pick([0, 0, 50, 3_000]), task, 1);
    },
    purge() {
      purges += 1;
    },
  };
}
