import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LocalClock } from "../../kit/clock.js";
import {
  backoffMs,
  maxBurstSize,
  mayRetry,
  type Queue,
  removeTask,
  shortId,
  type Task,
  type TaskOutcome,
} from "./queue.js";

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

/**
 * Sends one attempt to the task's URL. A connection of its own each time: a kept one may be closed
 * by the target just then, and that would count as a failed attempt.
 */
export function sendAttempt(
  queueName: string,
  task: Task,
  deadlineClock: LocalClock,
  stopped: AbortSignal,
): Promise<TaskOutcome> {
  const { url, method, body } = task.request;
  return new Promise((resolve) => {
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const attempt = send(url, { method, headers: attemptHeaders(queueName, task), agent: false });
    const stop = () => settle({ type: "unreachable" });
    const cancelDeadline = deadlineClock.schedule(deadlineClock.now() + task.dispatchDeadlineMs, () =>
      settle({ type: "deadline" }),
    );
    const settle = (outcome: TaskOutcome) => {
      cancelDeadline();
      stopped.removeEventListener("abort", stop);
      resolve(outcome);
      attempt.destroy();
    };
    stopped.addEventListener("abort", stop);
    attempt.on("error", () => settle({ type: "unreachable" }));
    attempt.on("response", (response) => {
      // Cloud Tasks waits for the whole answer, as the handler may still be at work.
      response.on("end", () => settle({ type: "response", status: response.statusCode ?? 0 }));
      response.on("error", () => settle({ type: "unreachable" }));
      response.resume();
    });
    attempt.end(body);
  });
}

/** Names and meaning: Cloud Tasks, "Create HTTP target tasks", section on the task handler (2026-11). */
function attemptHeaders(queueName: string, task: Task): Record<string, string> {
  const previous = task.lastAttempt?.answer?.outcome;
  return {
    ...task.request.headers,
    ...(task.request.body === undefined ? {} : { "content-length": String(task.request.body.byteLength) }),
    ...(task.request.oidcToken === undefined
      ? {}
      : { authorization: `Bearer ${unsignedToken(task.request.oidcToken)}` }),
    "user-agent": "Google-Cloud-Tasks",
    "x-cloudtasks-queuename": shortId(queueName),
    "x-cloudtasks-taskname": shortId(task.name),
    "x-cloudtasks-taskretrycount": String(task.dispatchCount),
    "x-cloudtasks-taskexecutioncount": String(task.executionCount),
    "x-cloudtasks-tasketa": String(task.scheduledAt / 1_000),
    ...(previous === undefined
      ? {}
      : {
          "x-cloudtasks-taskpreviousresponse": previous.type === "response" ? String(previous.status) : "0",
          "x-cloudtasks-taskretryreason": previous.type,
        }),
  };
}

/** firebase-functions reads the token and leaves checking it to the platform in front of it. */
function unsignedToken(oidcToken: { serviceAccountEmail: string; audience: string }): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { email: oidcToken.serviceAccountEmail, aud: oidcToken.audience, email_verified: true };
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`;
}
