import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LocalClock } from "../clock.js";
import { shortId, type Task, type TaskOutcome } from "./queue.js";

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
