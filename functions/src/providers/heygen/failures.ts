import type { ErrorCode, Failure } from "../../domain/errors.js";
import { codeOfStatus, parseJson, retryAfterMs } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { isModeration, partOfField, partOfSentence } from "../shared/refusal-words.js";
import { vendorCode, vendorDetail } from "../shared/vendor-text.js";
import { readError, type WireError } from "./wire-types.js";

/**
 * The error codes of refused requests, and of `failure_code` in failed videos (HeyGen, 2026-09-27; the
 * codes that integrators list besides, 2026-11-30). `invalid_parameter` depends on the parameter.
 */
const codes = new Map<string, ErrorCode>([
  ["payload_too_large", "invalid_request"],
  ["script_too_short", "invalid_request"],
  ["tts_text_invalid", "invalid_request"],
  // The file that the vendor could not fetch is the caller's picture.
  ["download_failed", "invalid_request"],
  // Presenter and voice come from our settings or from the vendor's own list, never from the
  // caller: the caller cannot correct them, and another model may have a presenter that works.
  ["avatar_not_found", "catalogue_outdated"],
  ["avatar_group_not_found", "catalogue_outdated"],
  ["avatar_not_usable", "catalogue_outdated"],
  ["avatar_consent_required", "catalogue_outdated"],
  ["avatar_expired", "catalogue_outdated"],
  ["unlimited_mode_disabled", "catalogue_outdated"],
  ["voice_not_found", "catalogue_outdated"],
  ["voice_not_usable", "catalogue_outdated"],
  ["voice_unavailable", "catalogue_outdated"],
  ["resource_not_found", "catalogue_outdated"],
  ["ai_vendor_access_restricted", "catalogue_outdated"],
  ["unauthorized", "authentication"],
  ["authentication_failed", "authentication"],
  ["forbidden", "authentication"],
  ["resource_access_denied", "authentication"],
  ["insufficient_credit", "vendor_quota"],
  ["trial_limit_exceeded", "vendor_quota"],
  ["subscription_required", "vendor_quota"],
  ["plan_upgrade_required", "vendor_quota"],
  ["quota_exceeded", "vendor_quota"],
  ["resource_limit_reached", "vendor_quota"],
  ["rate_limit_exceeded", "rate_limited"],
  ["content_policy_violation", "content_blocked"],
  ["video_not_found", "expired"],
  ["asset_not_found", "expired"],
  ["internal_error", "server_error"],
  ["service_unavailable", "server_error"],
  ["voice_provider_error", "server_error"],
  ["resource_not_ready", "server_error"],
  ["gateway_timeout", "timeout"],
]);

/** What an answer that is a refusal means. Without a known code in its body the status decides. */
export function toFailure(response: HttpResponse, now: number): Failure {
  const error = readError(parseJson(response.text));
  const waitMs = retryAfterMs(response.headers, now);
  return {
    code: (error && codeOfError(error)) ?? codeOfStatus(response.status),
    statusCode: response.status,
    ...words(error?.code, [error?.param, error?.message].filter(Boolean).join(": ")),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}

/** The names in a body that hold what the caller wrote: the script, and the picture with its address. */
const callersFields = new Set(["script", "image", "url", "text", "input_text"]);

function codeOfError({ code, message, param }: WireError): ErrorCode | undefined {
  if (code === "invalid_parameter") {
    const part = param === undefined ? partOfSentence(message ?? "") : partOfField(param, callersFields);
    return part === "theirs" ? "invalid_request" : "catalogue_outdated";
  }
  const known = codes.get(code);
  if (known === undefined && (isModeration(code) || isModeration(message))) return "content_blocked";
  return known;
}

/** Why a video has the status `failed`. */
export function toVideoFailure(failureCode?: string | null, failureMessage?: string | null): Failure {
  return { code: codeOfVideo(failureCode, failureMessage), ...words(failureCode, failureMessage) };
}

function codeOfVideo(code: string | null | undefined, message: string | null | undefined): ErrorCode {
  // "Video render failed" often comes without a code.
  if (!code) return isModeration(message ?? "") ? "content_blocked" : "processing_failed";
  const known = codeOfError({ code, message: message ?? undefined, param: undefined }) ?? "unknown";
  // The start was accepted, so a fault of the vendor's machines broke the generation itself.
  return known === "server_error" ? "processing_failed" : known;
}

function words(code?: string | null, message?: string | null): Pick<Failure, "providerCode" | "detail"> {
  const providerCode = vendorCode(code);
  const detail = vendorDetail(message);
  return {
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(detail === undefined ? {} : { detail }),
  };
}
