import type { HttpClient, HttpResponse } from "../shared/http.js";
import type { Task } from "./mapping.js";

/** The one endpoint of the vendor: a list of tasks in, their answers out. Decides nothing. */
export interface RunwareClient {
  submit(tasks: readonly Task[]): Promise<HttpResponse>;
  getResponse(taskUuid: string): Promise<HttpResponse>;
  accountDetails(taskUuid: string): Promise<HttpResponse>;
}

export function createRunwareClient(config: {
  http: HttpClient;
  baseUrl: string;
  apiKey: string;
}): RunwareClient {
  function post(tasks: readonly Task[]): Promise<HttpResponse> {
    return config.http.send({
      method: "POST",
      url: `${config.baseUrl}/v1`,
      headers: { authorization: `Bearer ${config.apiKey}` },
      body: tasks,
      // Also true of starts: the vendor refuses a task UUID that it has already taken.
      repeatable: true,
    });
  }
  return {
    submit: post,
    getResponse: (taskUUID) => post([{ taskType: "getResponse", taskUUID }]),
    accountDetails: (taskUUID) =>
      post([{ taskType: "accountManagement", taskUUID, operation: "getDetails" }]),
  };
}
