import type { ErrorCode, Failure } from "../../domain/errors.js";
import { codeOfStatus, parseJson, retryAfterMs } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { isModeration, partOfField, partOfSentence } from "../shared/refusal-words.js";
import { vendorCode, vendorDetail } from "../shared/vendor-text.js";
import { callersFields } from "./models.js";
import { readRefusal, type WireIssue, type WireRefusal, type WireTask } from "./wire-types.js";

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
  const detail = vendorDetail(task.failure);
  const providerCode = vendorCode(task.failureCode);
  return {
    code: taskFailureCode(task.failureCode, task.failure),
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function taskFailureCode(word: string | undefined, sentence: string | undefined): ErrorCode {
  const row = taskFailures.find(([prefix]) => word === prefix || word?.startsWith(`${prefix}.`));
  if (row === undefined) {
    if (isModeration(word) || isModeration(sentence)) return "content_blocked";
    return word === undefined ? "processing_failed" : "unknown";
  }
  const [prefix, code] = row;
  // The maker of the model refused its input, and does not say whether it means ours or the caller's.
  const isOurs = prefix === "THIRD_PARTY.INPUT_VALIDATION" && partOfSentence(sentence ?? "") === "ours";
  return isOurs ? "catalogue_outdated" : code;
}

/** What a refusing HTTP answer means. Its text is English prose and may be HTML. */
export function toFailure(response: HttpResponse, now: number): Failure {
  const refusal = readRefusal(parseJson(response.text));
  const problems = refusal?.issues.map((issue) => `${issue.path}: ${issue.message ?? ""}`) ?? [];
  const detail = vendorDetail([refusal?.text ?? "", ...problems].join("; "));
  const providerCode = vendorCode(refusal === null ? undefined : wordOf(refusal));
  const delayMs = retryAfterMs(response.headers, now);
  return {
    code: httpFailureCode(response.status, refusal),
    statusCode: response.status,
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(delayMs === undefined ? {} : { retryAfterMs: delayMs }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function httpFailureCode(status: number, refusal: WireRefusal | null): ErrorCode {
  // An error under status 200 says what would otherwise come with 400.
  const isAboutTheRequest = status < 300 || status === 400 || status === 422;
  if (!isAboutTheRequest || refusal === null) return codeOfStatus(status);
  // The vendor has no 402: an empty account is a 400 that only its text tells apart.
  if (/enough credits/i.test(refusal.text)) return "vendor_quota";
  if (isModeration(refusal.text)) return "content_blocked";
  if (refusal.issues.length > 0) return codeOfIssues(refusal);
  const part = partOfSentence(refusal.text);
  if (part === undefined) return "unknown";
  return part === "ours" ? "catalogue_outdated" : "invalid_request";
}

/** The vendor has no words for refusals but those of its schema, which say little without the field. */
function wordOf({ issues }: WireRefusal): string | undefined {
  const issue = issues.find(isOurs) ?? issues[0];
  return issue && [issue.code ?? "refused", issue.path].filter((part) => part !== "").join(":");
}

function codeOfIssues({ issues }: WireRefusal): ErrorCode {
  return issues.some(isOurs) ? "catalogue_outdated" : "invalid_request";
}

/** A field that the model does not take is ours even where its content is the caller's. */
function isOurs({ code, path }: WireIssue): boolean {
  return code === "unrecognized_keys" || partOfField(path, callersFields) === "ours";
}
