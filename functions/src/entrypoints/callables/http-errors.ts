import { randomUUID } from "node:crypto";
import { type FunctionsErrorCode, HttpsError } from "firebase-functions/https";

import { type ErrorCode, errorPolicy, RequestError, toPublicError } from "../../domain/errors.js";
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
  return new HttpsError(httpsCodes[code], message, {
    ...details,
    reason: code.toUpperCase(),
    fault,
    retryable,
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
}
