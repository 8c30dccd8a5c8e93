import type { HttpClient, HttpRequest, HttpResponse } from "../shared/http.js";
import { withoutKey } from "../shared/vendor-text.js";

/** One function per endpoint. Answers come back as they are; `index.ts` reads what they mean. */
export interface HeygenClient {
  createVideo(body: unknown, idempotencyKey: string): Promise<HttpResponse>;
  readVideo(videoId: string): Promise<HttpResponse>;
  /** A page of a list: the first without a token, a further one with the token of the one before. */
  listPublicLooks(token: string | null): Promise<HttpResponse>;
  listVoices(token: string | null): Promise<HttpResponse>;
  readAccount(): Promise<HttpResponse>;
  registerEndpoint(url: string, events: readonly string[]): Promise<HttpResponse>;
}

export function createClient(config: { apiKey: string; baseUrl: string; http: HttpClient }): HeygenClient {
  const http = withoutKey(config.http, config.apiKey);

  function send(
    request: Pick<HttpRequest, "method" | "headers"> & { path: string; body?: unknown; repeatable?: boolean },
  ) {
    return http.send({
      method: request.method,
      url: `${config.baseUrl}${request.path}`,
      headers: { "x-api-key": config.apiKey, ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      // Starts as well: for 24 hours the vendor answers a repeated key with the first video.
      repeatable: request.repeatable ?? true,
    });
  }
  const read = (path: string) => send({ method: "GET", path, headers: {} });

  return {
    createVideo: (body, idempotencyKey) =>
      send({
        method: "POST",
        path: "/v3/videos",
        headers: { "Idempotency-Key": idempotencyKey },
        body,
      }),
    readVideo: (videoId) => read(`/v3/videos/${encodeURIComponent(videoId)}`),
    // 50 is the greatest page of this list, 100 that of most others (official CLI, 2026-07).
    listPublicLooks: (token) => read(`/v3/avatars/looks?ownership=public&limit=50${after(token)}`),
    listVoices: (token) => read(`/v3/voices?limit=100${after(token)}`),
    readAccount: () => read("/v3/users/me"),
    registerEndpoint: (url, events) =>
      send({
        method: "POST",
        path: "/v3/webhooks/endpoints",
        headers: {},
        body: { url, events },
        // A second copy would register a second endpoint with its own secret.
        repeatable: false,
      }),
  };
}

function after(token: string | null): string {
  return token === null ? "" : `&token=${encodeURIComponent(token)}`;
}
