import { z } from "zod";
import type { CloudTasks } from "./cloud-tasks.js";
import { maxBurstSize, type Queue, type QueueSettings } from "./queue.js";
import { fromTask, toTask, toTaskView } from "./task-json.js";
import { durationMs, fromDurationMs, fromTimestampMs, page, RpcError, readBodyAs } from "./wire.js";

export interface TasksCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** firebase-admin leaves the version out when it speaks to an emulator. */
const resourcePath =
  /^(?:\/v2)?\/(?<location>projects\/[^/]+\/locations\/[^/]+)\/queues(?:\/(?<queue>[^/:]+)(?<tasks>\/tasks(?:\/(?<task>[^/:]+))?)?)?(?::(?<verb>\w+))?$/;

/** Answers one call with the JSON of the resource; throws `RpcError` for everything refused. */
export function answerTasksCall(cloudTasks: CloudTasks, call: TasksCall, now: number): unknown {
  const parts = resourcePath.exec(decodeURIComponent(call.path))?.groups;
  if (parts?.location === undefined) throw new RpcError("NOT_FOUND", `no such method: ${call.path}`);
  const name = `${parts.location}/queues/${parts.queue}`;
  const action = `${call.method} ${target(parts)}${parts.verb === undefined ? "" : `:${parts.verb}`}`;
  switch (action) {
    case "GET queues":
      return listQueues(cloudTasks, parts.location, call.query);
    case "POST queues": {
      const { name: given = "", settings } = toQueueSettings(call.body);
      if (!given.startsWith(`${parts.location}/queues/`)) {
        throw new RpcError("INVALID_ARGUMENT", `queue.name must start with ${parts.location}/queues/`);
      }
      return fromQueue(cloudTasks.createQueue(given, settings));
    }
    case "GET queue":
      return fromQueue(cloudTasks.queue(name));
    case "PATCH queue": {
      const { settings } = toQueueSettings(call.body, call.query.get("updateMask") ?? "");
      return fromQueue(cloudTasks.updateQueue(name, settings));
    }
    case "DELETE queue":
      cloudTasks.deleteQueue(name);
      return {};
    case "POST queue:pause":
      return fromQueue(cloudTasks.setState(name, "PAUSED"));
    case "POST queue:resume":
      return fromQueue(cloudTasks.setState(name, "RUNNING"));
    case "POST queue:purge":
      return fromQueue(cloudTasks.purgeQueue(name));
    default:
      return answerTaskCall(cloudTasks, call, action, name, `${name}/tasks/${parts.task}`, now);
  }
}

function answerTaskCall(
  cloudTasks: CloudTasks,
  call: TasksCall,
  action: string,
  queueName: string,
  taskName: string,
  now: number,
): unknown {
  const view = toTaskView(call.query);
  switch (action) {
    case "GET tasks": {
      const { items, nextPageToken } = page(cloudTasks.queue(queueName).tasks.values(), call.query);
      return { tasks: items.map((task) => fromTask(task, view)), nextPageToken };
    }
    case "POST tasks": {
      const { task, view: asked } = toTask(call.body, queueName, now);
      return fromTask(cloudTasks.createTask(queueName, task), asked);
    }
    case "GET task":
      return fromTask(cloudTasks.task(queueName, taskName), view);
    case "DELETE task":
      cloudTasks.deleteTask(queueName, taskName);
      return {};
    case "POST task:run":
      return fromTask(cloudTasks.runTask(queueName, taskName), "BASIC");
    default:
      throw new RpcError("UNIMPLEMENTED", `the local Cloud Tasks has no ${action}`);
  }
}

function target(parts: Readonly<Record<string, string | undefined>>): string {
  if (parts.task !== undefined) return "task";
  if (parts.tasks !== undefined) return "tasks";
  return parts.queue === undefined ? "queues" : "queue";
}

function listQueues(cloudTasks: CloudTasks, location: string, query: URLSearchParams): unknown {
  const here = [...cloudTasks.queues()].filter((queue) => queue.name.startsWith(`${location}/`));
  const { items, nextPageToken } = page(here, query);
  return { queues: items.map(fromQueue), nextPageToken };
}

/** Zero is "not given" in protobuf, so it never changes a setting. */
const count = z.number().int().min(-1).optional();

const queueBody = z.object({
  name: z.string().optional(),
  rateLimits: z
    .object({
      maxDispatchesPerSecond: z.number().min(0).max(500).optional(),
      maxConcurrentDispatches: z.number().int().min(0).max(5_000).optional(),
    })
    .optional(),
  retryConfig: z
    .object({
      maxAttempts: count,
      maxRetryDuration: durationMs.optional(),
      minBackoff: durationMs.optional(),
      maxBackoff: durationMs.optional(),
      maxDoublings: count,
    })
    .optional(),
});

/** Where each setting stands in the Queue resource. */
const settingPaths: Record<keyof QueueSettings, string> = {
  maxDispatchesPerSecond: "rateLimits.maxDispatchesPerSecond",
  maxConcurrentDispatches: "rateLimits.maxConcurrentDispatches",
  maxAttempts: "retryConfig.maxAttempts",
  maxRetryDurationMs: "retryConfig.maxRetryDuration",
  minBackoffMs: "retryConfig.minBackoff",
  maxBackoffMs: "retryConfig.maxBackoff",
  maxDoublings: "retryConfig.maxDoublings",
};

/** The settings that a queue in a request gives; with a mask, only those it names. */
function toQueueSettings(
  json: unknown,
  updateMask = "",
): { name: string | undefined; settings: Partial<QueueSettings> } {
  const { name, rateLimits, retryConfig } = readBodyAs(queueBody, json);
  const given: Partial<Record<keyof QueueSettings, number | undefined>> = {
    ...rateLimits,
    maxAttempts: retryConfig?.maxAttempts,
    maxRetryDurationMs: retryConfig?.maxRetryDuration,
    minBackoffMs: retryConfig?.minBackoff,
    maxBackoffMs: retryConfig?.maxBackoff,
    maxDoublings: retryConfig?.maxDoublings,
  };
  const masks = updateMask.split(",").filter((path) => path !== "");
  const chosen = Object.entries(given).filter(
    ([setting, value]) =>
      value !== undefined && value !== 0 && isMasked(settingPaths[setting as keyof QueueSettings], masks),
  );
  return { name, settings: Object.fromEntries(chosen) };
}

function isMasked(path: string, masks: readonly string[]): boolean {
  if (masks.length === 0) return true;
  return masks.map(toCamelCase).some((mask) => path === mask || path.startsWith(`${mask}.`));
}

function toCamelCase(path: string): string {
  return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function fromQueue(queue: Queue): unknown {
  const { settings } = queue;
  return {
    name: queue.name,
    state: queue.state,
    rateLimits: {
      maxDispatchesPerSecond: settings.maxDispatchesPerSecond,
      maxBurstSize: maxBurstSize(settings),
      maxConcurrentDispatches: settings.maxConcurrentDispatches,
    },
    retryConfig: {
      maxAttempts: settings.maxAttempts,
      ...(settings.maxRetryDurationMs > 0 && {
        maxRetryDuration: fromDurationMs(settings.maxRetryDurationMs),
      }),
      minBackoff: fromDurationMs(settings.minBackoffMs),
      maxBackoff: fromDurationMs(settings.maxBackoffMs),
      maxDoublings: settings.maxDoublings,
    },
    ...(queue.purgedAt !== undefined && { purgeTime: fromTimestampMs(queue.purgedAt) }),
  };
}
