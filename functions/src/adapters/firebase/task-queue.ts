import type { protos, v2 } from "@google-cloud/tasks";
import pRetry from "p-retry";
import type { Task } from "../../domain/job/tasks.js";
import type { TaskQueue } from "../../engine/ports/task-queue.js";
import { grpc, grpcCode } from "./grpc.js";

export interface TaskQueueOptions {
  readonly projectId: string;
  readonly region: string;
  /** A local server that speaks the REST dialect. Tasks for it carry no token. */
  readonly endpoint?: { readonly host: string; readonly port: number };
  functionUrl(name: string): string;
  /** In whose name the queue calls the functions. */
  readonly serviceAccountEmail: string;
  now(): number;
  /** How long a caller waits for a task to be created; absent: 4 s. */
  readonly patienceMs?: number;
}

export interface ClosableTaskQueue extends TaskQueue {
  close(): Promise<void>;
}

/** Queue and function of a task have one name: deploying a task function creates its queue. */
const targets = {
  start: { name: "startJob", dispatchDeadlineSeconds: 300 },
  poll: { name: "pollJob", dispatchDeadlineSeconds: 300 },
  advance: { name: "advanceJob", dispatchDeadlineSeconds: 300 },
  // The longest that Cloud Tasks waits (docs, read 2026-11-21: 15 s to 30 min).
  store: { name: "storeVideo", dispatchDeadlineSeconds: 1_800 },
  delete_user: { name: "deleteUser", dispatchDeadlineSeconds: 1_800 },
} as const satisfies Record<Task["type"], { name: string; dispatchDeadlineSeconds: number }>;

/**
 * A callable that holds credits waits for its first task no longer than this, tries included; then the
 * sweeper takes the step. By itself the client waits 20 s for each of four tries.
 */
const patienceMs = 4_000;
const maxTries = 6;
const firstDelayMs = 100;

/** Cloud Tasks through its own client, which is loaded with the first task: it takes 0.3 s. */
export function firebaseTaskQueue(options: TaskQueueOptions): ClosableTaskQueue {
  let client: Promise<v2.CloudTasksClient> | undefined;

  async function create(request: protos.google.cloud.tasks.v2.ICreateTaskRequest): Promise<void> {
    const patience = options.patienceMs ?? patienceMs;
    const isOver = AbortSignal.timeout(patience);
    try {
      // A task that is created after all has its name, and is the same as the one the sweeper names.
      await Promise.race([tryCreate(request, patience, isOver), rejectionOf(isOver, patience)]);
    } catch (error) {
      if (grpcCode(error) !== grpc.alreadyExists) throw error;
    }
  }

  async function tryCreate(
    request: protos.google.cloud.tasks.v2.ICreateTaskRequest,
    patience: number,
    isOver: AbortSignal,
  ): Promise<void> {
    client ??= openClient(options);
    const tasks = await client;
    // The client repeats no create by itself; a task with a name may be repeated. One hanging try
    // leaves time for another.
    await pRetry(() => tasks.createTask(request, { timeout: patience / 2 }), {
      retries: maxTries - 1,
      minTimeout: firstDelayMs,
      randomize: true,
      shouldRetry: ({ error }) => !isOver.aborted && isPassing(grpcCode(error)),
    });
  }

  return {
    enqueue: (name, task, dueAt) => create(toCreateRequest(options, name, task, dueAt)),
    async close() {
      await (await client)?.close();
    },
  };
}

function toCreateRequest(
  options: TaskQueueOptions,
  name: string,
  task: Task,
  dueAt: number,
): protos.google.cloud.tasks.v2.ICreateTaskRequest {
  const { projectId, region, endpoint, serviceAccountEmail } = options;
  const target = targets[task.type];
  const parent = `projects/${projectId}/locations/${region}/queues/${target.name}`;
  const url = options.functionUrl(target.name);
  return {
    parent,
    task: {
      name: `${parent}/tasks/${name}`,
      ...(dueAt > options.now() ? { scheduleTime: toTimestamp(dueAt) } : {}),
      dispatchDeadline: { seconds: target.dispatchDeadlineSeconds },
      httpRequest: {
        httpMethod: "POST",
        url,
        headers: { "content-type": "application/json" },
        body: Buffer.from(JSON.stringify({ data: task })).toString("base64"),
        ...(endpoint === undefined ? { oidcToken: { serviceAccountEmail, audience: url } } : {}),
      },
    },
  };
}

function rejectionOf(signal: AbortSignal, patience: number): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no task was created within ${patience} ms`)), {
      once: true,
    });
  });
}

const passing: ReadonlySet<unknown> = new Set([
  grpc.unavailable,
  grpc.deadlineExceeded,
  grpc.resourceExhausted,
]);

function isPassing(code: unknown): boolean {
  return passing.has(code);
}

function toTimestamp(timeMs: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(timeMs / 1_000), nanos: Math.round((timeMs % 1_000) * 1e6) };
}

async function openClient({ projectId, endpoint }: TaskQueueOptions): Promise<v2.CloudTasksClient> {
  const { v2 } = await import("@google-cloud/tasks");
  if (endpoint === undefined) return new v2.CloudTasksClient({ projectId });
  const { PassThroughClient } = await import("google-auth-library");
  return new v2.CloudTasksClient({
    projectId,
    fallback: true,
    protocol: "http",
    apiEndpoint: endpoint.host,
    port: endpoint.port,
    authClient: new PassThroughClient(),
  });
}
