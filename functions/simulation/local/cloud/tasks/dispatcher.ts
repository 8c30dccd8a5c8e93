import type { LocalClock } from "../clock.js";
import { type Queue, removeTask, type Task, type TaskOutcome } from "./queue.js";
import { backoffMs, maxBurstSize, mayRetry } from "./queue-settings.js";

/** Delivers one attempt. Never rejects: everything that can happen is an outcome. */
export type SendAttempt = (task: Task) => Promise<TaskOutcome>;

export interface Dispatcher {
  /** Lets a new task wait for its time. */
  add(queue: Queue, task: Task): void;
  /** Sends whatever the queue's state and limits allow now. */
  pump(queue: Queue): void;
  /** RunTask: dispatches now, whatever the queue's state and limits say. */
  runNow(queue: Queue, task: Task): void;
  remove(queue: Queue, task: Task): void;
}

/** Decides when attempts happen: due times, pauses, rate and concurrency limits, retries. */
export function createDispatcher(clock: LocalClock, send: SendAttempt, changed: () => void): Dispatcher {
  function wait(queue: Queue, task: Task, atMs: number): void {
    task.stopWaiting?.();
    queue.ready.delete(task);
    task.scheduledAt = atMs;
    if (atMs > clock.now()) {
      task.stopWaiting = clock.schedule(atMs, () => becomeReady(queue, task));
    } else {
      becomeReady(queue, task);
    }
  }

  function becomeReady(queue: Queue, task: Task): void {
    task.stopWaiting = undefined;
    queue.ready.add(task);
    pump(queue);
  }

  function pump(queue: Queue): void {
    if (queue.state === "PAUSED") return;
    for (const task of queue.ready) {
      if (queue.running >= queue.settings.maxConcurrentDispatches) return;
      if (!takeToken(queue)) return;
      dispatch(queue, task);
    }
  }

  /** A token bucket. Without a token, the queue is pumped again when the next one drops. */
  function takeToken(queue: Queue): boolean {
    const now = clock.now();
    const perMs = queue.settings.maxDispatchesPerSecond / 1_000;
    const count = Math.min(
      maxBurstSize(queue.settings),
      queue.tokens.count + (now - queue.tokens.at) * perMs,
    );
    // Sums of fractions can end a hair below a whole token.
    const enough = count > 1 - 1e-6;
    queue.tokens = { count: enough ? count - 1 : count, at: now };
    if (enough) return true;
    queue.stopWaiting ??= clock.schedule(now + Math.ceil((1 - count) / perMs), () => {
      queue.stopWaiting = undefined;
      pump(queue);
    });
    return false;
  }

  /** `retryFromMs` is where a retry's delay starts; absent means when the attempt failed. */
  function dispatch(queue: Queue, task: Task, retryFromMs?: number): void {
    task.stopWaiting?.();
    task.stopWaiting = undefined;
    queue.ready.delete(task);
    const now = clock.now();
    const attempt = { scheduledAt: task.scheduledAt, dispatchedAt: now };
    const outcome = send(task);
    queue.running += 1;
    task.running += 1;
    task.dispatchCount += 1;
    task.firstDispatchedAt ??= now;
    task.lastAttempt = attempt;
    void outcome.then((result) => {
      queue.running -= 1;
      task.running -= 1;
      task.lastAttempt = { ...attempt, answer: { at: clock.now(), outcome: result } };
      if (queue.tasks.get(task.name) === task) finish(queue, task, result, retryFromMs);
      pump(queue);
      changed();
    });
  }

  function finish(queue: Queue, task: Task, outcome: TaskOutcome, retryFromMs?: number): void {
    const now = clock.now();
    if (outcome.type === "response") {
      task.responseCount += 1;
      if (outcome.status < 500) task.executionCount += 1;
    }
    const sinceFirstMs = now - (task.firstDispatchedAt ?? now);
    if (isSuccess(outcome) || !mayRetry(queue.settings, task.dispatchCount, sinceFirstMs)) {
      removeTask(queue, task, now);
      return;
    }
    wait(queue, task, (retryFromMs ?? now) + backoffMs(queue.settings, task.dispatchCount - 1));
  }

  return {
    add: (queue, task) => wait(queue, task, task.scheduledAt),
    pump,
    runNow: (queue, task) => dispatch(queue, task, clock.now()),
    remove(queue, task) {
      removeTask(queue, task, clock.now());
      changed();
    },
  };
}

function isSuccess(outcome: TaskOutcome): boolean {
  return outcome.type === "response" && outcome.status >= 200 && outcome.status < 300;
}
