import { setMaxListeners } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type LocalClock, realClock } from "../kit/clock.js";
import { readBody, sendJson, startLoopbackServer } from "../kit/loopback-server.js";
import { createCloudTasks, type KnownQueues } from "./tasks/cloud-tasks.js";
import { createDispatcher, sendAttempt } from "./tasks/dispatcher.js";
import { answerTasksCall } from "./tasks/rest.js";
import { RpcError, toErrorAnswer } from "./tasks/wire.js";

export interface TasksServer {
  readonly port: number;
  readonly origin: string;
  /** Every task that exists, by full name. */
  pending(): readonly PendingTask[];
  /** Resolves when nothing is on the way: what is left waits for the clock or for its queue. */
  settled(): Promise<void>;
  /** Resolves when no task is left at all. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface PendingTask {
  readonly name: string;
  readonly scheduledAt: number;
  readonly running: boolean;
}

/** Size limit of a task in the real service; its body travels as base64, a third longer. */
const maxTaskBytes = 1_048_576;

/**
 * The Cloud Tasks v2 REST API with its delays, names, retries and limits, for the real client:
 * `new CloudTasksClient({ fallback: true, protocol: "http", apiEndpoint: "127.0.0.1", port, ... })`.
 */
export async function startTasksServer(options: {
  clock: LocalClock;
  /** Dispatch deadlines run on the wall by default: a handler works in real time at any scale. */
  deadlineClock?: LocalClock;
  queues?: KnownQueues;
  port?: number;
}): Promise<TasksServer> {
  const { clock, deadlineClock = realClock(), queues: knownQueues = {} } = options;
  const stop = new AbortController();
  // One listener for every attempt on the way.
  setMaxListeners(0, stop.signal);
  let watchers: { isReached: () => boolean; resolve: () => void }[] = [];
  const changed = () => {
    for (const watcher of watchers.filter(({ isReached }) => isReached())) watcher.resolve();
    watchers = watchers.filter(({ isReached }) => !isReached());
  };
  const dispatcher = createDispatcher(
    clock,
    (task) => sendAttempt(task.name.split("/tasks/")[0] ?? "", task, deadlineClock, stop.signal),
    changed,
  );
  const cloudTasks = createCloudTasks(clock, dispatcher, knownQueues);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? "/", "http://tasks");
      const call = {
        method: request.method ?? "GET",
        path: url.pathname,
        query: url.searchParams,
        body: await readCallBody(request),
      };
      sendJson(response, 200, answerTasksCall(cloudTasks, call, clock.now()));
    } catch (error) {
      const { code, body } = toErrorAnswer(error);
      sendJson(response, code, body);
    }
  }

  const server = await startLoopbackServer(answer, options.port);
  const isSettled = () => [...cloudTasks.queues()].every((queue) => queue.running === 0);
  const isEmpty = () => [...cloudTasks.queues()].every((queue) => queue.tasks.size === 0);
  const pending = () =>
    [...cloudTasks.queues()].flatMap((queue) =>
      [...queue.tasks.values()].map(({ name, scheduledAt, running }) => ({
        name,
        scheduledAt,
        running: running > 0,
      })),
    );
  const until = (isReached: () => boolean) =>
    new Promise<void>((resolve) => {
      watchers.push({ isReached, resolve });
      changed();
    });
  return {
    port: server.port,
    origin: server.origin,
    pending,
    settled: () => until(isSettled),
    idle: () => until(() => isSettled() && isEmpty()),
    async close() {
      for (const queue of cloudTasks.queues()) {
        queue.stopWaiting?.();
        queue.state = "PAUSED";
        for (const task of [...queue.tasks.values()]) dispatcher.remove(queue, task);
      }
      stop.abort();
      await server.close();
    },
  };
}

async function readCallBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBody(request, maxTaskBytes * 1.5);
  if (bytes === undefined) throw new RpcError("INVALID_ARGUMENT", "a task is at most 1 MB");
  try {
    return bytes.byteLength === 0 ? {} : JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new RpcError("INVALID_ARGUMENT", "the body is not JSON");
  }
}
