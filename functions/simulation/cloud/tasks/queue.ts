export interface QueueSettings {
  readonly maxDispatchesPerSecond: number;
  readonly maxConcurrentDispatches: number;
  /** -1 means no limit. */
  readonly maxAttempts: number;
  /** 0 means no limit. */
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
}

/** What a queue gets that says nothing: the values that `gcloud` and published examples show (2026-11). */
const defaultQueueSettings: QueueSettings = {
  maxDispatchesPerSecond: 500,
  maxConcurrentDispatches: 1_000,
  maxAttempts: 100,
  maxRetryDurationMs: 0,
  minBackoffMs: 100,
  maxBackoffMs: 3_600_000,
  maxDoublings: 16,
};

/**
 * Tokens that a rested queue may spend at once. Google chooses it from the rate and does not say
 * how; the default of 500 per second comes with 100, and we keep that proportion.
 */
export function maxBurstSize(settings: QueueSettings): number {
  return Math.min(100, Math.max(1, Math.ceil(settings.maxDispatchesPerSecond / 5)));
}

/**
 * Wait before a retry, counted from 0: doubles `maxDoublings` times from `minBackoffMs`, then
 * grows by the last step, up to `maxBackoffMs` (RetryConfig.max_doublings in queue.proto v2).
 */
export function backoffMs(settings: QueueSettings, retry: number): number {
  const doublings = Math.min(retry, settings.maxDoublings);
  const linearSteps = retry - doublings + 1;
  return Math.min(settings.maxBackoffMs, settings.minBackoffMs * 2 ** doublings * linearSteps);
}

/** With both limits set, a task ends only when both are reached (RetryConfig in queue.proto v2). */
export function mayRetry(settings: QueueSettings, attempts: number, sinceFirstAttemptMs: number): boolean {
  const attemptsLeft = settings.maxAttempts !== -1 && attempts < settings.maxAttempts;
  const unlimitedAttempts = settings.maxAttempts === -1;
  if (settings.maxRetryDurationMs === 0) return unlimitedAttempts || attemptsLeft;
  return attemptsLeft || sinceFirstAttemptMs < settings.maxRetryDurationMs;
}

export interface TaskRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly oidcToken: { readonly serviceAccountEmail: string; readonly audience: string } | undefined;
}

export interface TaskAttempt {
  readonly scheduledAt: number;
  readonly dispatchedAt: number;
  readonly answer?: { readonly at: number; readonly outcome: TaskOutcome };
}

export type TaskOutcome =
  | { readonly type: "response"; readonly status: number }
  | { readonly type: "deadline" }
  | { readonly type: "unreachable" };

export interface Task {
  /** projects/P/locations/L/queues/Q/tasks/T */
  readonly name: string;
  readonly createdAt: number;
  readonly request: TaskRequest;
  readonly dispatchDeadlineMs: number;
  scheduledAt: number;
  dispatchCount: number;
  responseCount: number;
  /** Responses of the handler itself: Cloud Tasks does not count 5xx as an execution. */
  executionCount: number;
  firstDispatchedAt: number | undefined;
  lastAttempt: TaskAttempt | undefined;
  /** Attempts on the way; RunTask can make it more than one. */
  running: number;
  /** Cancels the wait for `scheduledAt`. */
  stopWaiting: (() => void) | undefined;
}

export interface Queue {
  /** projects/P/locations/L/queues/Q */
  readonly name: string;
  settings: QueueSettings;
  state: "RUNNING" | "PAUSED";
  purgedAt: number | undefined;
  readonly tasks: Map<string, Task>;
  /** Due and waiting for a free slot, in the order they became due. */
  readonly ready: Set<Task>;
  /** Names of finished and deleted tasks with the time until which they stay taken. */
  readonly usedNames: Map<string, number>;
  running: number;
  tokens: { count: number; at: number };
  /** Cancels the wait for the next token. */
  stopWaiting: (() => void) | undefined;
}

/** task.proto v2: a name cannot be used again for about an hour after the task is gone. */
const nameReuseMs = 3_600_000;

export function createQueue(name: string, settings: Partial<QueueSettings>, now: number): Queue {
  const complete = { ...defaultQueueSettings, ...settings };
  return {
    name,
    settings: complete,
    state: "RUNNING",
    purgedAt: undefined,
    tasks: new Map(),
    ready: new Set(),
    usedNames: new Map(),
    running: 0,
    tokens: { count: maxBurstSize(complete), at: now },
    stopWaiting: undefined,
  };
}

export function isNameTaken(queue: Queue, taskName: string, now: number): boolean {
  return queue.tasks.has(taskName) || (queue.usedNames.get(taskName) ?? 0) > now;
}

/** Takes a task out of its queue for good. An attempt on the way runs to its end unnoticed. */
export function removeTask(queue: Queue, task: Task, now: number): void {
  task.stopWaiting?.();
  queue.ready.delete(task);
  queue.tasks.delete(task.name);
  for (const [name, until] of queue.usedNames) {
    if (until > now) break;
    queue.usedNames.delete(name);
  }
  queue.usedNames.delete(task.name);
  queue.usedNames.set(task.name, now + nameReuseMs);
}

/** The last part of a resource name. */
export function shortId(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
