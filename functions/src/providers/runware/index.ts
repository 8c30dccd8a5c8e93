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
import { isDefiniteRefusal, parseJson, retryAfterMs, unreadable } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { keepingWaits } from "../shared/named-waits.js";
import { credentialIdOf, type Vendor, type VendorConfig } from "../shared/vendor.js";
import { createClient } from "./client.js";
import { classify, type ErrorClass, toFailure } from "./failures.js";
import { fromItem, toBody, toTaskUuid } from "./mapping.js";
import { models } from "./models.js";
import { webhook } from "./webhook.js";
import { readTasks, type WireAnswer, type WireError, type WireItem } from "./wire-types.js";

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
    status: keepingWaits(async (operation) => {
      const taskUuid = taskUuidOf(operation);
      return readStatus(await client.readTask(taskUuid), taskUuid, config.now());
    }, config.now),

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
  const answer = isRefused ? lenientAnswer(response) : readable(response, now);
  const item = ownItem(answer, taskUuid);
  const error = ownError(answer, taskUuid) ?? (item?.status === "success" ? undefined : item?.error);
  // The vendor knows this UUID, which is made from our key: an earlier copy of this start arrived.
  if (error?.code === "conflictTaskUUID") return started(taskUuid);
  if (isRefused || error !== undefined) {
    if (!isVerdict(response, error)) throw unclear(response, codeOfUnclear(response.status), now);
    return { status: "refused", failure: toFailure(error ?? {}, response, now) };
  }
  if (item?.taskUUID === undefined) throw unclear(response, "unknown", now);
  return started(taskUuid);
}

/** Is it sure that nothing was begun? */
function isVerdict(response: HttpResponse, error: WireError | undefined): boolean {
  if (response.status >= 400) return isDefiniteRefusal(response);
  const failed = classify(error?.code ?? "");
  if (failed === "timeout" || failed === "serverError") return false;
  // A word that nobody knows is the vendor's own when it comes with the UUID of the task.
  return !response.unansweredBefore && (failed !== "unknown" || error?.taskUUID !== undefined);
}

function codeOfUnclear(status: number): UnreachableError["code"] {
  return status === 408 || status === 504 ? "timeout" : "server_error";
}

/**
 * Reads the answer to one `getResponse`. Throws when it says nothing about the job. That a task is not
 * there is said by the vendor's word alone: every call goes to one address, so a 404 is a gateway's.
 */
export function readStatus(response: HttpResponse, taskUuid: string, now: number): OperationStatus {
  if ([401, 403, 408, 429].includes(response.status)) throw unclear(response, "unknown", now);
  const answer = readable(response, now);
  // Errors first: they arrive with status 200 as well, and next to results of other tasks.
  const error = ownError(answer, taskUuid);
  if (error !== undefined) return fromError(error, response, now);
  if (response.status >= 500) throw unclear(response, "server_error", now);
  if (response.status >= 400) throw unclear(response, "unknown", now);
  const item = ownItem(answer, taskUuid);
  // A waiting task and an unknown one look the same: an empty list.
  if (item === undefined) return { status: "pending" };
  const status = fromItem(item, response, now);
  if (status === null) throw unreadable(response, now);
  return status;
}

/** The vendor's words for "I have no such task"; the second leaves open whether it once had it. */
const missingWords = new Set(["taskNotFound", "taskFailedOrNotFound"]);

function fromError(error: WireError, response: HttpResponse, now: number): OperationStatus {
  if (missingWords.has(error.code ?? "")) return { status: "missing" };
  if (isAboutTheRead(error, classify(error.code ?? ""), response.status))
    throw unclear(response, "unknown", now);
  return { status: "failed", failure: toFailure(error, response, now) };
}

/** Words that can only be about a generation, never about the question what became of it. */
const aboutGenerations: ReadonlySet<ErrorClass> = new Set([
  "safety",
  "modelGone",
  "provider",
  "upstreamCredits",
]);

/** Did asking go wrong, rather than the generation that was asked about? */
function isAboutTheRead(error: WireError, failed: ErrorClass, status: number): boolean {
  if (failed === "auth" || (failed === "serverError" && status >= 500)) return true;
  if (error.taskType === "videoInference" || error.taskType === "imageInference") return false;
  if (error.taskType === undefined && error.taskUUID !== undefined) return false;
  return !aboutGenerations.has(failed);
}

/** Reads the answer to `getDetails`. */
export function readProbe(response: HttpResponse, now: number): ProbeResult {
  if (response.status >= 500) throw unclear(response, "server_error", now);
  const answer = response.status >= 400 ? lenientAnswer(response) : readable(response, now);
  const error = answer.errors[0];
  // A key may be allowed to generate and nothing else. The vendor knows it, which was the question.
  if (error?.code === "insufficientPermissions" || error?.code === "permissionDenied")
    return { status: "ok" };
  if (error !== undefined || response.status >= 400) {
    return { status: "failed", failure: toFailure(error ?? {}, response, now) };
  }
  const balance = answer.data[0]?.balance;
  if (balance?.amount == null || (balance.currency ?? "USD") !== "USD") return { status: "ok" };
  return { status: "ok", balanceUsdMicros: usdToMicros(balance.amount) };
}

function started(taskUUID: string): StartResult {
  return { status: "started", operation: { taskUUID } };
}

/** An error without a UUID is about the whole request, unless there is an answer for our task. */
function ownError({ data, errors }: WireAnswer, taskUuid: string): WireError | undefined {
  const named = errors.find((error) => error.taskUUID === taskUuid);
  if (named !== undefined || data.some((item) => item.taskUUID === taskUuid)) return named;
  return errors.find((error) => error.taskUUID === undefined);
}

/** Each request is about one task, so a single entry without a UUID can be about no other. */
function ownItem({ data }: WireAnswer, taskUuid: string): WireItem | undefined {
  const named = data.filter((item) => item.taskUUID === taskUuid);
  const own = named.length === 0 && data.length === 1 && data[0]?.taskUUID === undefined ? data : named;
  return own.find((item) => item.status === "success") ?? own[0];
}

function readable(response: HttpResponse, now: number): WireAnswer {
  const answer = readTasks(parseJson(response.text));
  if (answer === null) throw unreadable(response, now);
  return answer;
}

function lenientAnswer(response: HttpResponse): WireAnswer {
  return readTasks(parseJson(response.text)) ?? { data: [], errors: [] };
}

function unclear(response: HttpResponse, code: UnreachableError["code"], now: number): UnreachableError {
  return new UnreachableError(`no verdict (status ${response.status})`, {
    sent: "maybe",
    code,
    retryAfterMs: retryAfterMs(response.headers, now),
  });
}
