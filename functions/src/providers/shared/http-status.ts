import { type ErrorCode, UnreachableError } from "../../domain/errors.js";
import { retryAfterMs } from "./answer.js";
import type { HttpResponse } from "./http.js";

export function isSuccess({ status }: Pick<HttpResponse, "status">): boolean {
  return status >= 200 && status < 300;
}

/** What the status of a refusal says, where no word of the vendor's says more. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return "authentication";
  if (status === 402) return "vendor_quota";
  if (status === 408) return "timeout";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "server_error";
  if (status === 400 || status === 413 || status === 422) return "invalid_request";
  // A 404 or 405 without a known word speaks of the address we called, not of the request.
  return "unknown";
}

/** An answer from which nothing follows. Keeps the wait that the vendor asked for. */
export function noVerdict(
  response: HttpResponse,
  now: number,
  defaultRetryAfterMs?: number,
): UnreachableError {
  const { status, headers } = response;
  const isTimeout = status === 408 || status === 504;
  return new UnreachableError(`no verdict (status ${status})`, {
    sent: "maybe",
    code: isTimeout ? "timeout" : status >= 500 ? "server_error" : "unknown",
    retryAfterMs: retryAfterMs(headers, now) ?? defaultRetryAfterMs,
  });
}
