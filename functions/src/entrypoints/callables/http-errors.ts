import { randomUUID } from "node:crypto";
import { type FunctionsErrorCode, HttpsError } from "firebase-functions/https";

import { type ErrorCode, errorPolicy, RequestError, toPublicError } from "../../domain/errors.js";
import { cut } from "../../domain/shown.js";
import type { Logger } from "../../engine/ports/logger.js";

/** What a client of the callables sees for each of our codes; the only place that knows both words. */
const httpsCodes: Readonly<Record<ErrorCode, FunctionsErrorCode>> = {
  rate_limited: "unavailable",
  timeout: "unavailable",
  network: "unavailable",
  server_error: "unavailable",
  not_started: "internal",
  authentication: "internal",
  vendor_quota: "internal",
  invalid_request: "invalid-argument",
  catalogue_outdated: "internal",
  content_blocked: "failed-precondition",
  processing_failed: "internal",
  expired: "internal",
  download_failed: "internal",
  bad_output: "internal",
  upload_failed: "internal",
  conversion_failed: "internal",
  ambiguous_start: "failed-precondition",
  unknown: "internal",
  deadline_exceeded: "deadline-exceeded",
  no_candidate: "unavailable",
  invalid_argument: "invalid-argument",
  not_found: "not-found",
  already_exists: "already-exists",
  insufficient_credits: "failed-precondition",
  budget_exceeded: "resource-exhausted",
  rate_exceeded: "resource-exhausted",
  being_deleted: "failed-precondition",
  cancelled: "cancelled",
  internal: "internal",
};

/**
 * The answer for a call that went wrong. Only a `RequestError` was written for the caller; of
 * anything else the client learns an id, under which the log tells the rest.
 */
export function toHttpsError(error: unknown, log: Logger): HttpsError {
  if (error instanceof HttpsError) return error;
  if (error instanceof RequestError) {
    return withReason(error.code, error.message, error.details, error.retryable);
  }
  const errorId = randomUUID();
  log.error("callable.failed", { errorId, error: describe(error) });
  return withReason("internal", toPublicError("internal").message, { errorId });
}

/** A call that is right in itself but not in this state of things; `reason` is for programs. */
export function preconditionError(reason: string, message: string, retryable: boolean): HttpsError {
  return new HttpsError("failed-precondition", message, { reason, fault: "user", retryable });
}

function withReason(
  code: ErrorCode,
  message: string,
  details: Readonly<Record<string, unknown>>,
  retryable = errorPolicy(code).retryable,
): HttpsError {
  const { fault } = errorPolicy(code);
  return new HttpsError(httpsCodes[code], cut(message, maxMessage), {
    ...bounded(details),
    reason: code.toUpperCase(),
    fault,
    retryable,
  });
}

const maxMessage = 4_000;
const maxText = 500;
const maxMembers = 50;
const maxDepth = 5;

/**
 * What is told of a refused call never grows with the call: programs need the first problems, and
 * an answer longer than its question is a way to keep us busy.
 */
function bounded(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  let left = 500;
  function part(value: unknown, depth: number): unknown {
    left -= 1;
    if (typeof value === "string") return cut(value, maxText);
    if (typeof value !== "object" || value === null) return value;
    if (depth === maxDepth || left <= 0) return null;
    if (Array.isArray(value))
      return value.slice(0, Math.min(maxMembers, left)).map((item) => part(item, depth + 1));
    return members(value, depth);
  }
  function members(value: object, depth: number): Record<string, unknown> {
    const shown = Object.entries(value).slice(0, Math.max(0, Math.min(maxMembers, left)));
    return Object.fromEntries(shown.map(([name, member]) => [cut(name, maxText), part(member, depth + 1)]));
  }
  return members(details, 0);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
}
