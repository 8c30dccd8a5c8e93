import type { VideoProvider } from "../../../domain/provider/provider.js";
import type { HttpRequest, HttpResponse } from "../../shared/http.js";
import { runway } from "../index.js";

interface CannedAnswer {
  readonly s: number;
  readonly b?: unknown;
  readonly headers?: Record<string, string>;
}

/** The provider with prepared answers to whatever it sends, the last one again and again, and what it sent. */
export function cannedProvider(...answers: readonly [CannedAnswer, ...CannedAnswer[]]): {
  provider: VideoProvider;
  sent: HttpRequest[];
} {
  const sent: HttpRequest[] = [];
  const provider = runway.create({
    apiKey: "k",
    baseUrl: "https://api.example.test",
    settings: {},
    http: {
      send: async (request): Promise<HttpResponse> => {
        const { s, b, headers = {} } = answers[sent.length] ?? answers.at(-1) ?? answers[0];
        sent.push(request);
        const text = typeof b === "string" ? b : b === undefined ? "" : JSON.stringify(b);
        return { status: s, headers, text, unansweredBefore: false };
      },
    },
    now: () => Date.parse("2026-11-21T04:00:00Z"),
  });
  return { provider, sent };
}
