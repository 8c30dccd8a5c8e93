import { type Failure, UnreachableError } from "../../domain/errors.js";
import { usdToMicros } from "../../domain/money.js";
import type { OperationStatus, ProbeResult, StartResult } from "../../domain/provider/provider.js";
import {
  codeOfStatus,
  isDefiniteRefusal,
  isNotFound,
  parseJson,
  readAnswer,
  retryAfterMs,
  shortDetail,
  unknownStatus,
} from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { classify, codeOfClass, type ErrorClass } from "./error-words.js";
import { type WireAnswer, type WireError, type WireItem, wireAnswerSchema } from "./wire-types.js";

/** Reads the answer to a start of one task. Throws when it leaves open what the vendor did. */
export function fromSubmit(response: HttpResponse, taskUuid: string, now: number): StartResult {
  const isRefused = response.status >= 400;
  // A refusal may come as HTML from a gateway; the status alone is then enough.
  const answer = isRefused ? lenientAnswer(response) : readAnswer(response, wireAnswerSchema);
  const item = ownItem(answer, taskUuid);
  const error = ownError(answer, taskUuid) ?? (item?.status === "error" ? (item.error ?? {}) : undefined);
  // The vendor has seen this UUID, and only we could have made it: an earlier send arrived.
  if (error?.code === "conflictTaskUUID") return started(taskUuid);
  if (isRefused || error !== undefined) {
    if (!isVerdict(response, error)) throw unclear(response, codeOfUnclear(response.status));
    return { status: "refused", failure: toFailure(error ?? {}, response, now) };
  }
  if (item === undefined) throw unclear(response, "unknown");
  return started(taskUuid);
}

/** Is it sure that nothing was begun? */
function isVerdict(response: HttpResponse, error: WireError | undefined): boolean {
  if (response.status >= 400) return isDefiniteRefusal(response);
  const failed = classify(error?.code ?? "");
  return !response.unansweredBefore && failed !== "timeout" && failed !== "serverError";
}

function codeOfUnclear(status: number): UnreachableError["code"] {
  return status === 408 || status === 504 ? "timeout" : "server_error";
}

/** Reads the answer to one `getResponse`. Throws when it says nothing about the job. */
export function fromTask(response: HttpResponse, taskUuid: string, now: number): OperationStatus {
  if (isNotFound(response)) return { status: "missing" };
  if ([401, 403, 404, 408, 429].includes(response.status)) throw unclear(response, "unknown", now);
  const answer = readAnswer(response, wireAnswerSchema);
  // Errors first: they arrive with status 200 as well, and next to results of other tasks.
  const error = ownError(answer, taskUuid);
  if (error !== undefined) return fromError(error, response, now);
  if (response.status >= 500) throw unclear(response, "server_error", now);
  if (response.status >= 400) throw unclear(response, "unknown", now);
  const item = ownItem(answer, taskUuid);
  // An empty list is what a waiting task and an unknown one look like alike.
  if (item === undefined) return { status: "pending" };
  return fromItem(item, response, now);
}

function fromError(error: WireError, response: HttpResponse, now: number): OperationStatus {
  const failed = classify(error.code ?? "");
  if (error.code === "taskNotFound") return { status: "missing" };
  if (isAboutTheRead(error, failed, response.status)) throw unclear(response, "unknown", now);
  return { status: "failed", failure: toFailure(error, response, now) };
}

/** Did asking go wrong, rather than the generation that was asked about? */
function isAboutTheRead(error: WireError, failed: ErrorClass, status: number): boolean {
  if (error.taskType === "getResponse" || error.taskUUID == null) return true;
  return failed === "auth" || (failed === "serverError" && status >= 500);
}

function fromItem(item: WireItem, response: HttpResponse, now: number): OperationStatus {
  const cost = toCost(item.cost);
  const outputUrl = item.videoURL ?? item.imageURL;
  if (item.status === "error") {
    return { status: "failed", failure: toFailure(item.error ?? {}, response, now), ...cost };
  }
  // Sync results and webhooks carry the file without a status word.
  if (outputUrl && (item.status === "success" || item.status == null)) {
    return { status: "succeeded", outputUrl, ...cost };
  }
  if (item.status === "success") {
    return { status: "failed", failure: { code: "unknown", detail: "success without a file" }, ...cost };
  }
  if (item.status == null || item.status === "processing") return { status: "pending" };
  return unknownStatus(item.status);
}

/** Reads the answer to `getDetails`. */
export function fromAccount(response: HttpResponse, now: number): ProbeResult {
  if (response.status >= 500) throw unclear(response, "server_error", now);
  const answer = response.status >= 400 ? lenientAnswer(response) : readAnswer(response, wireAnswerSchema);
  const error = answer.errors?.[0];
  // A key may be limited to generating: it is known, and that is what was asked.
  if (error?.code === "insufficientPermissions" || error?.code === "permissionDenied")
    return { status: "ok" };
  if (error !== undefined || response.status >= 400) {
    return { status: "failed", failure: toFailure(error ?? {}, response, now) };
  }
  const balance = answer.data?.[0]?.balance;
  if (balance?.amount == null || (balance.currency ?? "USD") !== "USD") return { status: "ok" };
  return { status: "ok", balanceUsdMicros: usdToMicros(balance.amount) };
}

export function toFailure(error: WireError, response: HttpResponse, now: number): Failure {
  const word = error.code ?? undefined;
  const byWord = word === undefined ? "unknown" : codeOfClass[classify(word)];
  const code = byWord === "unknown" && response.status >= 400 ? codeOfStatus(response.status) : byWord;
  const detail = shortDetail(error.message);
  const waitMs = code === "rate_limited" ? retryAfterMs(response.headers, now) : undefined;
  return {
    code,
    statusCode: response.status,
    ...(word === undefined ? {} : { providerCode: word }),
    ...(detail === undefined ? {} : { detail }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}

/** A cost of 0 is known to be wrong at times, so it counts as not told. */
function toCost(usd: number | null | undefined): { costUsdMicros?: number } {
  return usd != null && usd > 0 ? { costUsdMicros: usdToMicros(usd) } : {};
}

function started(taskUUID: string): StartResult {
  return { status: "started", operation: { taskUUID } };
}

/** Errors without a UUID speak of the whole request, unless our task has an answer of its own. */
function ownError(answer: WireAnswer, taskUuid: string): WireError | undefined {
  const named = answer.errors?.find((error) => error.taskUUID === taskUuid);
  if (named !== undefined || ownItem(answer, taskUuid) !== undefined) return named;
  return answer.errors?.find((error) => error.taskUUID == null);
}

function ownItem(answer: WireAnswer, taskUuid: string): WireItem | undefined {
  const items = answer.data?.filter((item) => item.taskUUID === taskUuid) ?? [];
  return items.find((item) => item.status === "success") ?? items[0];
}

function lenientAnswer(response: HttpResponse): WireAnswer {
  const parsed = wireAnswerSchema.safeParse(parseJson(response.text));
  return parsed.success ? parsed.data : {};
}

function unclear(response: HttpResponse, code: UnreachableError["code"], now?: number): UnreachableError {
  return new UnreachableError(`no verdict (status ${response.status})`, {
    sent: "maybe",
    code,
    retryAfterMs: now === undefined ? undefined : retryAfterMs(response.headers, now),
  });
}
