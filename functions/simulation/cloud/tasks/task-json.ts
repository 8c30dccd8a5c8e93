import { randomUUID } from "node:crypto";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { z } from "zod";
import type { Task, TaskAttempt, TaskOutcome, TaskRequest } from "./queue.js";
import {
  durationMs,
  fromDurationMs,
  fromTimestampMs,
  protoEnum,
  RpcError,
  readBodyAs,
  timestampMs,
} from "./wire.js";

const bodyMethods = new Set(["POST", "PUT", "PATCH"]);
/** Headers that Cloud Tasks computes itself (HttpRequest.headers in target.proto v2). */
const computedHeaders = new Set(["host", "content-length", "transfer-encoding", "user-agent"]);

/** In the order of their numbers in target.proto and task.proto v2. */
const httpMethod = protoEnum([
  "HTTP_METHOD_UNSPECIFIED",
  "POST",
  "GET",
  "HEAD",
  "PUT",
  "DELETE",
  "PATCH",
  "OPTIONS",
]).transform((method) => (method === "HTTP_METHOD_UNSPECIFIED" ? "POST" : method));
const taskView = protoEnum(["VIEW_UNSPECIFIED", "BASIC", "FULL"]);
export type TaskView = z.output<typeof taskView>;

const createTaskBody = z.object({
  task: z.object({
    name: z.string().optional(),
    scheduleTime: timestampMs.optional(),
    dispatchDeadline: durationMs.optional(),
    httpRequest: z.object({
      url: z.url({ protocol: /^https?$/ }).max(2_083),
      httpMethod: httpMethod.default("POST"),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.string().optional(),
      oidcToken: z.object({ serviceAccountEmail: z.string(), audience: z.string().optional() }).optional(),
    }),
  }),
  responseView: taskView.optional(),
});

const day = 86_400_000;
const defaultDeadlineMs = 600_000;

/** A task as CreateTask asks for it, within the limits of the real service (2026-11). */
export function toTask(json: unknown, queueName: string, now: number): { task: Task; view: TaskView } {
  const { task, responseView } = readBodyAs(createTaskBody, json);
  const dispatchDeadlineMs = task.dispatchDeadline ?? defaultDeadlineMs;
  if (dispatchDeadlineMs < 15_000 || dispatchDeadlineMs > 1_800_000) {
    throw new RpcError("INVALID_ARGUMENT", "task.dispatchDeadline must be between 15s and 1800s");
  }
  const scheduledAt = Math.max(now, task.scheduleTime ?? now);
  if (scheduledAt > now + 30 * day) {
    throw new RpcError("INVALID_ARGUMENT", "task.scheduleTime lies more than 30 days ahead");
  }
  return {
    view: responseView ?? "BASIC",
    task: {
      name: taskName(task.name, queueName),
      createdAt: now,
      request: toRequest(task.httpRequest),
      dispatchDeadlineMs,
      scheduledAt,
      dispatchCount: 0,
      responseCount: 0,
      executionCount: 0,
      firstDispatchedAt: undefined,
      lastAttempt: undefined,
      running: 0,
      stopWaiting: undefined,
    },
  };
}

function taskName(given: string | undefined, queueName: string): string {
  const prefix = `${queueName}/tasks/`;
  if (given === undefined || given === "") return `${prefix}${randomUUID()}`;
  if (!given.startsWith(prefix) || !/^[A-Za-z0-9_-]{1,500}$/.test(given.slice(prefix.length))) {
    throw new RpcError(
      "INVALID_ARGUMENT",
      `task.name must be ${prefix}ID with 1-500 letters, digits, hyphens or underscores as ID`,
    );
  }
  return given;
}

function toRequest(request: z.output<typeof createTaskBody>["task"]["httpRequest"]): TaskRequest {
  const body = request.body === undefined ? undefined : Buffer.from(request.body, "base64");
  if (body !== undefined && !bodyMethods.has(request.httpMethod)) {
    throw new RpcError("INVALID_ARGUMENT", `a ${request.httpMethod} task cannot have a body`);
  }
  return {
    url: request.url,
    method: request.httpMethod,
    headers: Object.fromEntries(Object.entries(request.headers).filter(isAllowedHeader)),
    body,
    oidcToken: request.oidcToken && {
      serviceAccountEmail: request.oidcToken.serviceAccountEmail,
      audience: request.oidcToken.audience ?? request.url,
    },
  };
}

function isAllowedHeader([name, value]: [string, string]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new RpcError("INVALID_ARGUMENT", `task.httpRequest.headers: ${name} is not a valid header`);
  }
  const lower = name.toLowerCase();
  return !computedHeaders.has(lower) && !lower.startsWith("x-cloudtasks-");
}

export function toTaskView(query: URLSearchParams): TaskView {
  return readBodyAs(taskView.default("BASIC"), query.get("responseView") ?? undefined);
}

/** The BASIC view leaves the payload out, FULL has it. */
export function fromTask(task: Task, view: TaskView): unknown {
  const { url, method, headers, body, oidcToken } = task.request;
  const payload = view === "FULL" && body !== undefined ? { body: body.toString("base64") } : {};
  return {
    name: task.name,
    httpRequest: { url, httpMethod: method, headers, ...payload, ...(oidcToken && { oidcToken }) },
    scheduleTime: fromTimestampMs(task.scheduledAt),
    createTime: fromTimestampMs(task.createdAt),
    dispatchDeadline: fromDurationMs(task.dispatchDeadlineMs),
    dispatchCount: task.dispatchCount,
    responseCount: task.responseCount,
    ...(task.firstDispatchedAt !== undefined && {
      firstAttempt: { dispatchTime: fromTimestampMs(task.firstDispatchedAt) },
    }),
    ...(task.lastAttempt && { lastAttempt: fromAttempt(task.lastAttempt) }),
    view: view === "FULL" ? "FULL" : "BASIC",
  };
}

function fromAttempt(attempt: TaskAttempt): unknown {
  return {
    scheduleTime: fromTimestampMs(attempt.scheduledAt),
    dispatchTime: fromTimestampMs(attempt.dispatchedAt),
    ...(attempt.answer && {
      responseTime: fromTimestampMs(attempt.answer.at),
      responseStatus: fromOutcome(attempt.answer.outcome),
    }),
  };
}

/** google.rpc.Code numbers. */
function fromOutcome(outcome: TaskOutcome): unknown {
  if (outcome.type === "deadline") return { code: 4, message: "DEADLINE_EXCEEDED" };
  if (outcome.type === "unreachable") return { code: 14, message: "UNAVAILABLE" };
  const { status } = outcome;
  if (status >= 200 && status < 300) return { code: 0 };
  const codes = new Map([
    [400, 3],
    [401, 16],
    [403, 7],
    [404, 5],
    [429, 8],
    [500, 13],
    [503, 14],
    [504, 4],
  ]);
  return { code: codes.get(status) ?? 2, message: `HTTP status code ${status}` };
}
