import { heygenSimulation } from "../../simulation/vendors/heygen/simulator.js";
import type { GenerationFault, SimulatedResponse } from "../../simulation/vendors/shared/simulator.js";

export const body = {
  type: "avatar",
  avatar_id: "look_studio_1",
  script: "Hello, I am Dana and I build data platforms.",
};

/** A simulator of its own, called directly, with a clock moved by hand. */
export function machine(...generationFaults: GenerationFault[]) {
  let now = Date.parse("2026-11-21T04:00:00Z");
  const simulator = heygenSimulation.create(
    {
      now: () => now,
      random: () => 0.5,
      generationFault: () => generationFaults.shift(),
      fileUrl: (file) => `https://files.example.test/${file.id}.${file.medium}`,
    },
    "k",
  );
  function send(method: string, path: string, json?: unknown, headers: Record<string, string> = {}) {
    const url = new URL(path, "http://simulator");
    return simulator.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: { "x-api-key": "k", ...headers },
      text: json === undefined ? "" : JSON.stringify(json),
    });
  }
  return {
    simulator,
    send,
    start: (json: object = body, key?: string) =>
      send("POST", "/v3/videos", json, key === undefined ? {} : { "idempotency-key": key }),
    advance: (ms: number) => {
      now += ms;
    },
    now: () => now,
  };
}

interface AnswerBody {
  readonly data: {
    readonly video_id: string;
    readonly status: string;
    readonly wallet: { readonly remaining_balance: number };
    readonly endpoint_id: string;
    readonly secret: string;
  };
}

export const read = (response: SimulatedResponse) => response.body as AnswerBody;
export const idOf = (response: SimulatedResponse) => read(response).data.video_id;
