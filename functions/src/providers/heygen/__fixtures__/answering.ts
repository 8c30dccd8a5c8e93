import type { HttpRequest, HttpResponse } from "../../shared/http.js";
import { heygen } from "../index.js";
import { vector } from "./vectors.js";

const now = Date.parse("2026-11-21T04:00:00Z");

/** The provider in front of one fixed answer, with every request that it sent. */
export function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const sent: HttpRequest[] = [];
  const provider = heygen.create({
    apiKey: "k",
    baseUrl: "https://api.heygen.com",
    settings: { HEYGEN_AVATAR_ID: "look_7d1", HEYGEN_VOICE_ID: "voice_en_11" },
    now: () => now,
    http: {
      send: async (request): Promise<HttpResponse> => {
        sent.push(request);
        const text = typeof body === "string" ? body : JSON.stringify(body);
        return { status, headers, text, unansweredBefore: false };
      },
    },
  });
  return { provider, sent };
}

export function answeringVector(id: string) {
  const { res } = vector(id);
  const headers = Object.entries(res.h ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return answering(res.s, res.b, Object.fromEntries(headers));
}
