import { randomUUID } from "node:crypto";
import { UnreachableError } from "../../domain/errors.js";
import { usdToMicros } from "../../domain/money.js";
import type {
  Operation,
  OperationStatus,
  ProbeResult,
  StartResult,
  VideoProvider,
} from "../../domain/provider/provider.js";
import { isDefiniteRefusal, isNotFound, parseJson, readAnswer, retryAfterMs } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { credentialIdOf, type Vendor, type VendorConfig } from "../shared/vendor.js";
import { createClient } from "./client.js";
import { classify, type ErrorClass, toFailure } from "./failures.js";
import { fromItem, toBody, toTaskUuid } from "./mapping.js";
import { models } from "./models.js";
import { webhook } from "./webhook.js";
import { tasksAnswer, type WireAnswer, type WireError, type WireItem } from "./wire-types.js";

export const runware: Vendor = {
  id: "runware",
  label: "Runware",
  keyName: "RUNWARE_API_KEY",
  baseUrlName: "RUNWARE_BASE_URL",
  defaultBaseUrl: "https://api.runware.ai",
  settings: {},
  models,
  affinities: { "mode:frames": 0.9 },
  create: createProvider,
};

function createProvider(config: VendorConfig): VideoProvider {
  const client = createClient(config);
  return {
    id: runware.id,
    credentialId: credentialIdOf("runware", config.apiKey),
    models,
    pollFloorMs: 1_000,
    startGuard: "idempotent",
    // There is no way to stop a task: giving up on one is billed all the same.
    cancelRefund: "none",
    outputHosts: [".runware.ai"],
    webhook,

    async start(plan, context) {
      const response = await client.createTask(toBody(plan, context));
      return readStart(response, toTaskUuid(context.idempotencyKey), config.now());
    },

    attach: (taskUUID) => ({ taskUUID }),

    // One task a request, although a list could hold several: that lists of polls are answered
    // together is not confirmed, and the vendor's own SDK asks one by one.
    async status(operation) {
      const taskUuid = taskUuidOf(operation);
      return readStatus(await client.readTask(taskUuid), taskUuid, config.now());
    },

    async probe() {
      return readProbe(await client.readAccount(randomUUID()), config.now());
    },
  };
}

function taskUuidOf(operation: Operation): string {
  const { taskUUID } = operation;
  if (typeof taskUUID !== "string") throw new Error("not an operation of this provider");
  return taskUUID;
}

/** Reads the answer to a start of one task. Throws when it leaves open what the vendor did. */
export function readStart(response: HttpResponse, taskUuid: string, now: number): StartResult {
  const isRefused = response.status >= 400;
  // A gateway may refuse with a page of HTML; then only the status tells something.
  const answer = isRefused ? lenientAnswer(response) : readAnswer(response, tasksAnswer);
  const item = ownItem(answer, taskUuid);
  const error = ownError(answer, taskUuid) ?? (item?.status === "error" ? (item.error ?? {}) : undefined);
  // The vendor knows this UUID, which is made from our key: an earlier copy of this start arrived.
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
export function readStatus(response: HttpResponse, taskUuid: string, now: number): OperationStatus {
  if (isNotFound(response)) return { status: "missing" };
  if ([401, 403, 404, 408, 429].includes(response.status)) throw unclear(response, "unknown", now);
  const answer = readAnswer(response, tasksAnswer);
  // Errors first: they arrive with status 200 as well, and next to results of other tasks.
  const error = ownError(answer, taskUuid);
  if (error !== undefined) return fromError(error, response, now);
  if (response.status >= 500) throw unclear(response, "server_error", now);
  if (response.status >= 400) throw unclear(response, "unknown", now);
  const item = ownItem(answer, taskUuid);
  // A waiting task and an unknown one look the same: an empty list.
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

/** Reads the answer to `getDetails`. */
export function readProbe(response: HttpResponse, now: number): ProbeResult {
  if (response.status >= 500) throw unclear(response, "server_error", now);
  const answer = response.status >= 400 ? lenientAnswer(response) : readAnswer(response, tasksAnswer);
  const error = answer.errors?.[0];
  // A key may be allowed to generate and nothing else. The vendor knows it, which was the question.
  if (error?.code === "insufficientPermissions" || error?.code === "permissionDenied")
    return { status: "ok" };
  if (error !== undefined || response.status >= 400) {
    return { status: "failed", failure: toFailure(error ?? {}, response, now) };
  }
  const balance = answer.data?.[0]?.balance;
  if (balance?.amount == null || (balance.currency ?? "USD") !== "USD") return { status: "ok" };
  return { status: "ok", balanceUsdMicros: usdToMicros(balance.amount) };
}

function started(taskUUID: string): StartResult {
  return { status: "started", operation: { taskUUID } };
}

/** An error without a UUID is about the whole request, unless there is an answer for our task. */
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
  const parsed = tasksAnswer.safeParse(parseJson(response.text));
  return parsed.success ? parsed.data : {};
}

function unclear(response: HttpResponse, code: UnreachableError["code"], now?: number): UnreachableError {
  return new UnreachableError(`no verdict (status ${response.status})`, {
    sent: "maybe",
    code,
    retryAfterMs: now === undefined ? undefined : retryAfterMs(response.headers, now),
  });
}
