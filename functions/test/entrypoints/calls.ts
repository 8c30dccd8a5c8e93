import type { CallableRequest } from "firebase-functions/https";
import type { TaskQueueFunction } from "firebase-functions/tasks";

export const textRequest = {
  kind: "text",
  prompt: "A paper boat on a calm lake",
  durationSeconds: 5,
  providers: { only: ["runway:gen4.5"] },
} as const;

interface Claims {
  readonly tier?: string;
  readonly admin?: unknown;
  readonly firebase?: { readonly sign_in_provider: string };
}

/** A call as the platform hands it over once it has checked the token. */
export function call(data: unknown, uid?: string, claims: Claims = {}): CallableRequest {
  const request = { data, acceptsStreaming: false, rawRequest: {} };
  if (uid === undefined) return request as CallableRequest;
  // Only the members that the functions read.
  return { ...request, auth: { uid, token: { uid, ...claims }, rawToken: "" } } as unknown as CallableRequest;
}

type TaskBody = Parameters<TaskQueueFunction["run"]>[0]["data"];

/** Delivers a body to a task function, as the platform does once it has checked who calls. */
export async function dispatch(task: TaskQueueFunction, data: TaskBody): Promise<void> {
  const context = { id: "task-1", queueName: "queue", retryCount: 0, executionCount: 0, scheduledTime: "" };
  await task.run({ ...context, data });
}

/** What a call was refused with. */
export async function refusal(answer: Promise<unknown>): Promise<Refusal> {
  const error = await answer.then(
    () => new Error("the call was answered"),
    (reason: unknown) => reason,
  );
  return error as Refusal;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}
