import type { HttpClient, HttpResponse } from "../shared/http.js";
import { withoutKey } from "../shared/vendor-text.js";
import type { Task } from "./mapping.js";

/** The one endpoint of the vendor: a list of tasks in, their answers out. Decides nothing. */
export interface RunwareClient {
  createTask(tasks: readonly Task[]): Promise<HttpResponse>;
  readTask(taskUuid: string): Promise<HttpResponse>;
  readAccount(taskUuid: string): Promise<HttpResponse>;
}

export function createClient(config: { http: HttpClient; baseUrl: string; apiKey: string }): RunwareClient {
  const http = withoutKey(config.http, config.apiKey);

  function post(tasks: readonly Task[]): Promise<HttpResponse> {
    return http.send({
      method: "POST",
      url: `${config.baseUrl}/v1`,
      headers: { authorization: `Bearer ${config.apiKey}` },
      body: tasks,
      // Also true of starts: the vendor refuses a task UUID that it has already taken.
      repeatable: true,
    });
  }
  return {
    createTask: post,
    readTask: (taskUUID) => post([{ taskType: "getResponse", taskUUID }]),
    readAccount: (taskUUID) => post([{ taskType: "accountManagement", taskUUID, operation: "getDetails" }]),
  };
}
