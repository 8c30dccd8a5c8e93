import type { ErrorCode, Failure } from "../../domain/errors.js";
import { codeOfStatus, retryAfterMs } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { isModeration, partOfField, partOfSentence } from "../shared/refusal-words.js";
import { vendorCode, vendorDetail } from "../shared/vendor-text.js";
import { callersFields } from "./models.js";
import type { WireError } from "./wire-types.js";

/** The vendor has hundreds of error words; these are the classes that its own SDK sorts them into. */
export type ErrorClass =
  | "upstreamCredits"
  | "quota"
  | "rateLimit"
  | "safety"
  | "auth"
  | "timeout"
  | "modelGone"
  | "notFound"
  | "serverError"
  | "unavailable"
  | "provider"
  | "validation"
  | "unknown";

const safetyWords = new Set([
  "contentPolicyViolation",
  "providerContentPolicyViolation",
  "sensitiveContentDetected",
  "unsafeContentDetected",
  "nsfwContentDetected",
  "promptBlocked",
  "imageBlocked",
  "moderationFailed",
  // The moderation of the model's maker, passed on (five integrators treat it so, 2026-11).
  "invalidProviderContent",
]);

const authWords = new Set([
  "unauthorized",
  "forbidden",
  "permissionDenied",
  "insufficientPermissions",
  "authenticationFailed",
  "authFailed",
  "authTimeout",
  "invalidAuthentication",
  "invalidCredentials",
  "missingAuthentication",
  "tokenExpired",
  "tokenInvalid",
  "tokenMissing",
  "tokenRevoked",
]);

const serverErrorWords = new Set([
  "internalServerError",
  "serviceUnavailable",
  "serverUnavailable",
  "standardError",
  "unknownError",
  "undefinedError",
  "defaultError",
  "unrecognizedResponse",
  "errorRetrievingAccountManagement",
]);

/** Nothing was begun: no machine or model is available at the moment. */
const unavailableWords = new Set([
  "noAvailableServer",
  "modelUnavailable",
  "modelNotReady",
  "providerUnavailable",
  "providerBadGateway",
]);

const modelGoneWords = new Set(["unknownModel", "modelNotFound", "modelDisabled", "invalidModel"]);

const providerWords = new Set([
  "inferenceError",
  "processingFailed",
  "taskFailed",
  "downloadFailed",
  "uploadFailed",
  "mediaStorageFileCouldNotBeMoved",
]);

const validationWords = new Set([
  "unknownParameter",
  "incompatibleParameters",
  "mismatchProviderSettingsProvider",
  "unknownProviderSettingsProvider",
  "transparentModelMismatch",
  "modelOwnershipValidationError",
  "modelAlreadyExists",
  "validationFailed",
]);

/**
 * The class of a word. The order of the tests is the vendor's (TypeScript SDK 1.6.8, `deriveCode`, read
 * 2026-11-21): `authTimeout` is auth although it ends in Timeout, `missingApiKey` likewise.
 */
export function classify(word: string): ErrorClass {
  if (/Credits|Quota|Balance/.test(word) || word === "quotaExceeded" || word === "paymentRequired") {
    // The vendor's account at the model's maker is empty, not ours at the vendor: go on using it.
    return /^(provider|thirdParty)/.test(word) ? "upstreamCredits" : "quota";
  }
  if (/RateLimit|^rateLimit/.test(word)) return "rateLimit";
  if (safetyWords.has(word) || isModeration(spaced(word))) return "safety";
  if (authWords.has(word) || word.includes("ApiKey")) return "auth";
  if (/^(account|organization|workspace)(Suspended|Disabled)/.test(word)) return "auth";
  // `timeoutProvider` is seen on the wire, in this order of words.
  if (/Timeout|^timeout/.test(word)) return "timeout";
  if (modelGoneWords.has(word)) return "modelGone";
  if (/(NotFound|Expired)$/.test(word) || word === "taskCancelled") return "notFound";
  if (serverErrorWords.has(word)) return "serverError";
  if (unavailableWords.has(word)) return "unavailable";
  if (providerWords.has(word) || word.startsWith("provider")) return "provider";
  if (validationWords.has(word)) return "validation";
  if (/^(invalid|missing|conflict|duplicate|unsupported|value|array|max)/.test(word)) return "validation";
  return "unknown";
}

/** What a class means to the engine; a `validation` is ours or the caller's, see `codeOfValidation`. */
const codeOfClass: Readonly<Record<Exclude<ErrorClass, "validation">, ErrorCode>> = {
  upstreamCredits: "processing_failed",
  quota: "vendor_quota",
  rateLimit: "rate_limited",
  safety: "content_blocked",
  auth: "authentication",
  timeout: "timeout",
  // The request is not wrong: another model can still make the video.
  modelGone: "catalogue_outdated",
  notFound: "expired",
  serverError: "server_error",
  unavailable: "server_error",
  provider: "processing_failed",
  unknown: "unknown",
};

/** What an error says, from whatever part of it speaks: the word, the field, the sentence. */
export function codeOf(error: WireError): ErrorCode {
  const word = error.code ?? "";
  const group = classify(word);
  if (group === "validation") return codeOfValidation(word, error);
  // Words that say no more than "it failed" often come with a sentence that says why.
  const isVague = group === "unknown" || group === "provider";
  if (isVague && isModeration(error.message)) return "content_blocked";
  return codeOfClass[group];
}

/** Which fields a model is sent at all is our choice, also where their content is the caller's. */
const fieldNotTaken = /^(?:unsupportedParameter|unknown|incompatible|mismatch|conflict)/;

function codeOfValidation(word: string, { parameter, allowedValues, message }: WireError): ErrorCode {
  if (fieldNotTaken.test(word) || allowedValues != null) return "catalogue_outdated";
  // The word names the field too (`invalidPositivePrompt`), and does so where `parameter` is left out.
  const part =
    parameter === undefined
      ? (partOfSentence(spaced(word)) ?? partOfSentence(message ?? ""))
      : partOfField(parameter, callersFields);
  return part === "theirs" ? "invalid_request" : "catalogue_outdated";
}

function spaced(camelCase: string): string {
  return camelCase.replaceAll(/([a-z])([A-Z])/g, "$1 $2");
}

/** What an error of the vendor means. Without a known word the status decides. */
export function toFailure(error: WireError, response: HttpResponse, now: number): Failure {
  const word = vendorCode(error.code);
  const said = codeOf(error);
  const code = said === "unknown" && response.status >= 400 ? codeOfStatus(response.status) : said;
  const detail = vendorDetail([error.parameter, error.message].filter(Boolean).join(": "));
  const waitMs = retryAfterMs(response.headers, now);
  return {
    code,
    statusCode: response.status,
    ...(word === undefined ? {} : { providerCode: word }),
    ...(detail === undefined ? {} : { detail }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}
