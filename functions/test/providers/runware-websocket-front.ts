import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import type { SimulatedResponse, Simulator } from "../../simulation/vendors/shared/simulator.js";

const messageSchema = z.array(z.looseObject({ taskType: z.string(), apiKey: z.string().optional() }));
type Task = z.infer<typeof messageSchema>[number];

export interface WebsocketFront {
  readonly url: string;
  /** Types of the tasks that arrived, newest last. */
  readonly tasks: readonly string[];
  connections(): number;
  close(): Promise<void>;
}

/**
 * The vendor's websocket API on the loopback interface. The protocol is all that it adds: a
 * connection names its key once and gets a session, later tasks carry none, and every task is
 * answered by a message of its own. What is answered is the simulator's word.
 */
export async function openWebsocketFront(simulator: Simulator): Promise<WebsocketFront> {
  const tasks: string[] = [];
  let connections = 0;

  function ask(task: Task, apiKey: string | undefined): SimulatedResponse {
    return simulator.handle({
      method: "POST",
      path: "/v1",
      query: new URLSearchParams(),
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      text: JSON.stringify([task]),
    });
  }

  function serve(socket: WebSocket): void {
    connections += 1;
    let apiKey: string | undefined;
    const answer = (task: Task): unknown => {
      const { status, body } = ask(task, apiKey);
      if (task.taskType !== "authentication" || status !== 200) return body;
      apiKey = task.apiKey;
      return { data: [{ taskType: "authentication", connectionSessionUUID: randomUUID() }] };
    };
    socket.on("message", (data: RawData) => {
      for (const task of messageSchema.parse(JSON.parse(data.toString()))) {
        tasks.push(task.taskType);
        socket.send(JSON.stringify(answer(task)));
      }
    });
  }

  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/v1" });
  server.on("connection", serve);
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    tasks,
    connections: () => connections,
    close: () => {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
