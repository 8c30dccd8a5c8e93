import { reasonOf } from "../../domain/errors.js";
import { type Attempt, type Job, type NextStep, watchedAttempts } from "../../domain/job/job.js";
import { graceMs, isLost } from "../../domain/job/lost-tasks.js";
import { duePollAt } from "../../domain/job/poll.js";
import type { PollTask, Task } from "../../domain/job/tasks.js";
import type { Deps } from "../deps.js";
import type { LatestRuns } from "../ports/task-runs.js";
import { toPollTask } from "../tasks.js";

/** What one sweep learns about tasks: which do not run, and whether any can be created. */
export interface TaskWatch {
  /** The sweep's own queue, which counts. */
  readonly queue: Deps["queue"];
  /** Polls that were due and that no task has made. */
  lostPolls(job: Job, now: number): PollTask[];
  /** Counts a step that is due when no task has taken it, nor could have. */
  seeStep(next: NextStep, now: number): void;
  /** Raises the alarm when tasks do not run. */
  tell(): void;
}

/** What the schedules do themselves when its task is not there: that it could not be created stops nothing. */
const replaced: ReadonlySet<Task["type"]> = new Set(["poll", "store"]);
/** So many in one run: providers limit what they are asked. */
const mostPolls = 2_000;

export function watchTasks(deps: Deps, latest: LatestRuns): TaskWatch {
  const lost = new Map<Task["type"], number>();
  let created = 0;
  let refused = 0;
  let reason = "";

  function isLostTask(type: Task["type"], dueAt: number, now: number): boolean {
    if (!isLost(dueAt, latest[type], now)) return false;
    lost.set(type, (lost.get(type) ?? 0) + 1);
    return true;
  }

  function lostPollOf(job: Job, attempt: Attempt, now: number): PollTask[] {
    const poll = toPollTask(deps, job, attempt);
    const dueAt = poll === null ? null : duePollAt(poll.timing, now - graceMs);
    if (poll === null || dueAt === null || (lost.get("poll") ?? 0) >= mostPolls) return [];
    return isLostTask("poll", dueAt, now) ? [poll] : [];
  }

  return {
    queue: {
      async enqueue(name, task, dueAt) {
        try {
          await deps.queue.enqueue(name, task, dueAt);
          created += 1;
        } catch (error) {
          refused += 1;
          reason = reasonOf(error);
          if (!replaced.has(task.type)) throw error;
        }
      },
    },
    lostPolls: (job, now) => watchedAttempts(job).flatMap((attempt) => lostPollOf(job, attempt, now)),
    seeStep({ step, dueAt }, now) {
      isLostTask(step, dueAt, now);
    },
    tell() {
      if (refused > 0 && created === 0) {
        deps.log.error("tasks.not_created", { count: refused, reason });
        return;
      }
      for (const [type, count] of lost) {
        deps.log.error("tasks.not_run", { type, count, latestAt: latest[type] ?? null });
      }
    },
  };
}

/** Notes that cannot be read say nothing: then nothing counts as lost. */
export async function readRuns(deps: Deps): Promise<LatestRuns> {
  try {
    return await deps.taskRuns.latest();
  } catch (error) {
    deps.log.warn("tasks.unread", { reason: reasonOf(error) });
    const now = deps.now();
    return { start: now, poll: now, advance: now, store: now, delete_user: now };
  }
}
