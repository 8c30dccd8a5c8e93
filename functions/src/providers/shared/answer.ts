import type { z } from "zod";
import { type ErrorCode, UnreachableError } from "../../domain/errors.js";
import type { OperationStatus } from "../../domain/provider/provider.js";
import type { HttpResponse } from "./http.js";
import { isVendorId, vendorWord } from "./vendor-text.js";

/**
 * Reads a vendor's answer. HTML, cut-off JSON and wrong types are "could not find out": the vendor
 * may well have done what was asked, so this is never a verdict about the job.
 */
export function readAnswer<Schema extends z.ZodType>(
  response: HttpResponse,
  schema: Schema,
  now: number,
): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(response.text));
  if (parsed.success) return parsed.data;
  throw unreadable(response, now);
}

/** For an answer without the part that decides: it is no verdict, whatever else it says. */
export function unreadable({ status, headers }: HttpResponse, now: number): UnreachableError {
  return new UnreachableError(`unreadable answer (status ${status})`, {
    sent: "maybe",
    code: status >= 500 ? "server_error" : "unknown",
    retryAfterMs: retryAfterMs(headers, now),
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

/** Longer waits are a slip: a date of the wrong year, seconds that were milliseconds. */
const longestWaitMs = 24 * 3_600_000;

/** The wait that a vendor names, in any of the ways in use; absent when missing or absurd. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const delayMs = namedWaitMs(headers, now);
  if (delayMs === undefined || !Number.isFinite(delayMs) || delayMs <= 0) return undefined;
  return Math.min(delayMs, longestWaitMs);
}

/** `retry-after-ms` is what the official clients read first: it is the finer one. */
function namedWaitMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const ms = headers["retry-after-ms"]?.trim();
  if (ms && Number(ms) > 0) return Number(ms);
  const value = headers["retry-after"]?.trim();
  if (!value) return undefined;
  const seconds = Number(value);
  return Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - now;
}

/** A status that we do not know is work in progress; its word is kept for the log. */
export function unknownStatus(word: string): OperationStatus {
  return { status: "pending", unknownWord: vendorWord(word) };
}

/** The first of several places in which an id may stand. What is no id of any vendor is garbage. */
export function firstId(...values: readonly unknown[]): string | undefined {
  return values.find(isVendorId);
}

/** A sentence says what it means before this; what is longer would be searched for long. */
const longestText = 2_000;

/** The first of several places in which a word may stand. A number is taken for its digits. */
export function firstText(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    if (typeof value === "string" && value !== "") return value.slice(0, longestText);
    if (typeof value === "number" && Number.isFinite(value)) return String(value);
  }
  return undefined;
}

/** A JSON object, of which nothing else is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A list or anything else than an object has no fields. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
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
  // Nothing but the caller's text makes a body large.
  if (status === 413) return "invalid_request";
  // A 400 that names nothing may be about what we chose or about what the caller wrote, and a 404 is
  // about the address: neither is held against the caller, and another model may do better.
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
