import type { z } from "zod";
import { type ErrorCode, UnreachableError } from "../../domain/errors.js";
import type { OperationStatus } from "../../domain/provider/provider.js";
import type { HttpResponse } from "./http.js";

/**
 * Reads a vendor's answer. HTML, cut-off JSON and wrong types are "could not find out": the vendor
 * may well have done what was asked, so this is never a verdict about the job.
 */
export function readAnswer<Schema extends z.ZodType>(
  response: HttpResponse,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(response.text));
  if (parsed.success) return parsed.data;
  throw new UnreachableError(`unreadable answer (status ${response.status})`, {
    sent: "maybe",
    code: response.status >= 500 ? "server_error" : "unknown",
  });
}

/** The JSON value of a text, or `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Did the vendor definitely turn a start away? 4xx, and the load-shedding answers 502 and 503. A
 * 500 or 504 leaves open whether the work was begun, and so does any refusal of a copy when an
 * earlier copy went unanswered.
 */
export function isDefiniteRefusal(response: Pick<HttpResponse, "status" | "unansweredBefore">): boolean {
  const { status } = response;
  if (response.unansweredBefore) return false;
  return (status >= 400 && status < 500 && status !== 408) || status === 502 || status === 503;
}

/** Only the vendor's own JSON says that something is gone; a proxy's page does not. */
export function isNotFound({ status, text }: Pick<HttpResponse, "status" | "text">): boolean {
  return status === 404 && parseJson(text) !== undefined;
}

/** Milliseconds of a `Retry-After` header (seconds or HTTP date); absent when missing or absurd. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined || value.trim() === "") return undefined;
  const seconds = Number(value);
  const delayMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - now;
  if (!Number.isFinite(delayMs) || delayMs <= 0) return undefined;
  return Math.min(delayMs, 24 * 3_600_000);
}

/** A status that we do not know is work in progress; its word is kept, made safe for the log. */
export function unknownStatus(word: string): OperationStatus {
  return { status: "pending", unknownWord: word.replace(/[^\w.-]+/g, "?").slice(0, 40) };
}

/** A vendor's text, short enough to keep with an attempt. */
export function shortDetail(text: string | null | undefined): string | undefined {
  return text ? text.slice(0, 300) : undefined;
}

export function isSuccess({ status }: Pick<HttpResponse, "status">): boolean {
  return status >= 200 && status < 300;
}

/** What the status of a refusal means, where the vendor's own error word does not say more. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return "authentication";
  if (status === 402) return "vendor_quota";
  if (status === 408) return "timeout";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "server_error";
  if (status === 400 || status === 413 || status === 422) return "invalid_request";
  // A 404 or 405 without a known word is about the address we called, not about the request.
  return "unknown";
}

/** For an answer that does not say what the vendor did. Keeps the wait that the vendor asked for. */
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
