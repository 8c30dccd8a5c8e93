import type { ErrorCode, Failure } from "../../domain/errors.js";
import { codeOfStatus, parseJson, retryAfterMs, shortDetail } from "../shared/answer.js";
import type { HttpResponse } from "../shared/http.js";
import { errorAnswer } from "./wire-types.js";

/** The error codes of refused requests, and of `failure_code` in failed videos (HeyGen, 2026-09-27). */
const codes = new Map<string, ErrorCode>([
  ["invalid_parameter", "invalid_request"],
  ["payload_too_large", "invalid_request"],
  ["script_too_short", "invalid_request"],
  ["tts_text_invalid", "invalid_request"],
  // The file that the vendor could not fetch is the caller's picture.
  ["download_failed", "invalid_request"],
  // Presenter and voice come from our settings or from the vendor's own list, never from the
  // caller: the caller cannot correct them, and another model may have a presenter that works.
  ["avatar_not_found", "processing_failed"],
  ["avatar_not_usable", "processing_failed"],
  ["avatar_consent_required", "processing_failed"],
  ["avatar_expired", "processing_failed"],
  ["voice_not_found", "processing_failed"],
  ["voice_not_usable", "processing_failed"],
  ["unauthorized", "authentication"],
  ["forbidden", "authentication"],
  ["resource_access_denied", "authentication"],
  ["insufficient_credit", "vendor_quota"],
  ["trial_limit_exceeded", "vendor_quota"],
  ["subscription_required", "vendor_quota"],
  ["plan_upgrade_required", "vendor_quota"],
  ["quota_exceeded", "vendor_quota"],
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

/** What an answer that is not 2xx means. Without a known code in its body the status decides. */
export function toFailure(response: HttpResponse, now: number): Failure {
  const parsed = errorAnswer.safeParse(parseJson(response.text));
  const error = parsed.success ? parsed.data.error : undefined;
  const code = codes.get(error?.code ?? "") ?? codeOfStatus(response.status);
  const waitMs = retryAfterMs(response.headers, now);
  return {
    code,
    statusCode: response.status,
    ...words(error?.code, error?.message),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}

/** Why a video has the status `failed`. */
export function toVideoFailure(failureCode?: string | null, failureMessage?: string | null): Failure {
  return { code: codeOfVideo(failureCode), ...words(failureCode, failureMessage) };
}

function codeOfVideo(failureCode: string | null | undefined): ErrorCode {
  // "Video render failed" often comes without a code.
  if (!failureCode) return "processing_failed";
  const code = codes.get(failureCode) ?? "unknown";
  // The start was accepted, so a fault of the vendor's machines broke the generation itself.
  return code === "server_error" ? "processing_failed" : code;
}

function words(code?: string | null, message?: string | null): Pick<Failure, "providerCode" | "detail"> {
  const providerCode = shortDetail(code);
  const detail = shortDetail(message);
  return {
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(detail === undefined ? {} : { detail }),
  };
}
