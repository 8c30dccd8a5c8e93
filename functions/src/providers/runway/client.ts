import type { HttpClient, HttpResponse } from "../shared/http.js";
import { withoutKey } from "../shared/vendor-text.js";
import type { Endpoint } from "./mapping.js";

/** Required on every call. The shapes in `wire-types.ts` are those of this version. */
const apiVersion = "2024-11-06";

export interface RunwayClient {
  createTask(endpoint: Endpoint, body: unknown): Promise<HttpResponse>;
  readTask(taskId: string): Promise<HttpResponse>;
  deleteTask(taskId: string): Promise<HttpResponse>;
  readAccount(): Promise<HttpResponse>;
}

export function createClient(options: { http: HttpClient; baseUrl: string; apiKey: string }): RunwayClient {
  const { baseUrl } = options;
  const http = withoutKey(options.http, options.apiKey);
  const headers = { authorization: `Bearer ${options.apiKey}`, "x-runway-version": apiVersion };

  return {
    createTask: (endpoint, body) =>
      // No idempotency key exists: a second copy of this call would be a second paid task.
      http.send({ method: "POST", url: `${baseUrl}/v1/${endpoint}`, headers, body, repeatable: false }),
    readTask: (taskId) =>
      http.send({ method: "GET", url: taskUrl(baseUrl, taskId), headers, repeatable: true }),
    deleteTask: (taskId) =>
      http.send({ method: "DELETE", url: taskUrl(baseUrl, taskId), headers, repeatable: true }),
    readAccount: () =>
      http.send({ method: "GET", url: `${baseUrl}/v1/organization`, headers, repeatable: true }),
  };
}

function taskUrl(baseUrl: string, taskId: string): string {
  return `${baseUrl}/v1/tasks/${encodeURIComponent(taskId)}`;
}
