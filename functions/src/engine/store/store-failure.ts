import { type ErrorCode, reasonOf, UnreachableError } from "../../domain/errors.js";
import type { StoreObstacle } from "../../domain/job/store-patience.js";
import { DownloadError } from "../ports/downloads.js";
import type { StoredObject } from "../ports/media-store.js";

/** A try that did not end with a checked file. */
export interface StoreFailure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Decides for how long the same attempt is tried again. */
  readonly obstacle: StoreObstacle;
  /** Begins with one word that tells the cause apart. */
  readonly reason: string;
  /** The provider's file, when it is sound and kept for the next try. */
  readonly kept?: StoredObject;
}

export function storeFailure(code: ErrorCode, obstacle: StoreObstacle, reason: string): StoreFailure {
  return { ok: false, code, obstacle, reason };
}

const downloadObstacles: Record<DownloadError["reason"], StoreObstacle> = {
  // Read with a fresh URL each time.
  expired: "doubtful_file",
  incomplete: "doubtful_file",
  unreachable: "out_of_reach",
  refused: "bad_file",
  too_large: "bad_file",
};

/** What an error on the way from the provider to the bucket means. */
export function toStoreFailure(error: unknown): StoreFailure {
  if (error instanceof UnreachableError) {
    return storeFailure("download_failed", "out_of_reach", `unanswered: ${error.message}`);
  }
  if (!(error instanceof DownloadError)) return storeFailure("upload_failed", "own_trouble", reasonOf(error));
  const { reason, message } = error;
  return storeFailure(
    reason === "too_large" ? "bad_output" : "download_failed",
    downloadObstacles[reason],
    `${reason}: ${message}`,
  );
}
