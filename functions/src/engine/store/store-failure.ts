import { type ErrorCode, UnreachableError } from "../../domain/errors.js";
import { reasonOf } from "../deliver.js";
import { DownloadError } from "../ports/downloads.js";
import type { StoredObject } from "../ports/media-store.js";

/** A try that did not end with a checked file. */
export interface StoreFailure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** May the same attempt yet deliver one? */
  readonly retry: boolean;
  /** Begins with one word that tells the cause apart. */
  readonly reason: string;
  /** The provider's file, when it is sound and kept for the next try. */
  readonly kept?: StoredObject;
}

export function storeFailure(code: ErrorCode, retry: boolean, reason: string): StoreFailure {
  return { ok: false, code, retry, reason };
}

/** What an error on the way from the provider to the bucket means. */
export function toStoreFailure(error: unknown): StoreFailure {
  if (error instanceof UnreachableError) {
    return storeFailure("download_failed", true, `unanswered: ${error.message}`);
  }
  if (!(error instanceof DownloadError)) return storeFailure("upload_failed", true, reasonOf(error));
  const { reason, message } = error;
  const retry = reason === "expired" || reason === "unreachable" || reason === "incomplete";
  return storeFailure(
    reason === "too_large" ? "bad_output" : "download_failed",
    retry,
    `${reason}: ${message}`,
  );
}
