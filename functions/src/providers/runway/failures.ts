import type { ErrorCode, Failure } from "../../domain/errors.js";
import { codeOfStatus, parseJson, retryAfterMs, shortDetail } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { errorAnswer, type WireTask } from "./wire-types.js";

/**
 * The beginnings of a `failureCode`; the first match counts. The vendor may add codes, and what
 * follows the beginning changes (docs.dev.runwayml.com/errors/task-failures, read 2026-09-26).
 */
const taskFailures: readonly (readonly [prefix: string, code: ErrorCode])[] = [
  ["SAFETY", "content_blocked"],
  ["INPUT_PREPROCESSING.SAFETY", "content_blocked"],
  ["INPUT_PREPROCESSING.INTERNAL", "processing_failed"],
  ["INTERNAL", "processing_failed"],
  ["THIRD_PARTY.INPUT_VALIDATION", "invalid_request"],
  ["THIRD_PARTY.UNAVAILABLE", "server_error"],
  ["ASSET.INVALID", "invalid_request"],
];

/** Why a task ended as FAILED. */
export function toTaskFailure(task: WireTask): Failure {
  const detail = shortDetail(task.failure);
  const providerCode = task.failureCode ?? undefined;
  return {
    code: providerCode === undefined ? "processing_failed" : taskFailureCode(providerCode),
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function taskFailureCode(word: string): ErrorCode {
  const row = taskFailures.find(([prefix]) => word === prefix || word.startsWith(`${prefix}.`));
  return row?.[1] ?? "unknown";
}

/** What a refusing HTTP answer means. Its text is English prose and may be HTML. */
export function toFailure(response: HttpResponse, now: number): Failure {
  const parsed = errorAnswer.safeParse(parseJson(response.text));
  const text = parsed.success ? (parsed.data.error ?? "") : "";
  const issues = parsed.success ? (parsed.data.issues ?? []) : [];
  const problems = issues.map((issue) => `${issue.path?.join(".") ?? ""}: ${issue.message ?? ""}`);
  const detail = shortDetail([text, ...problems].join("; "));
  const delayMs = retryAfterMs(response.headers, now);
  return {
    code: httpFailureCode(response.status, text),
    statusCode: response.status,
    ...(delayMs === undefined ? {} : { retryAfterMs: delayMs }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function httpFailureCode(status: number, text: string): ErrorCode {
  // The vendor has no 402: an empty account is a 400 that only its text tells apart.
  return status === 400 && /enough credits/i.test(text) ? "vendor_quota" : codeOfStatus(status);
}
