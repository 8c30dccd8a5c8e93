import type { VideoProvider } from "../../../domain/provider/provider.js";
import type { HttpRequest, HttpResponse } from "../../shared/http.js";
import { runway } from "../index.js";

/** The provider with one prepared answer to whatever it sends, and what it sent. */
export function cannedProvider(answer: { s: number; b?: unknown; headers?: Record<string, string> }): {
  provider: VideoProvider;
  sent: HttpRequest[];
} {
  const sent: HttpRequest[] = [];
  const text =
    typeof answer.b === "string" ? answer.b : answer.b === undefined ? "" : JSON.stringify(answer.b);
  const provider = runway.create({
    apiKey: "k",
    baseUrl: "https://api.example.test",
    settings: {},
    http: {
      send: async (request): Promise<HttpResponse> => {
        sent.push(request);
        return { status: answer.s, headers: answer.headers ?? {}, text, unansweredBefore: false };
      },
    },
    now: () => Date.parse("2026-11-21T04:00:00Z"),
  });
  return { provider, sent };
}
