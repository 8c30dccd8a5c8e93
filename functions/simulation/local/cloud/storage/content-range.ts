import { StorageError } from "./storage-error.js";

/** What one PUT of a resumable upload says about itself. */
export type ContentRange =
  /** No bytes: how far are we? With a total, "and that is all". */
  | { readonly type: "status"; readonly total: number | undefined }
  /** Bytes from `start` on; the last when `open` or when they reach `total`. */
  | {
      readonly type: "bytes";
      readonly start: number;
      readonly open: boolean;
      readonly total: number | undefined;
    };

/**
 * Reads `Content-Range`. The official client sends `bytes 0-*\/*` when it streams everything in one
 * request (@google-cloud/storage 8.4, resumable-upload): open at its end, and therefore the last.
 */
export function readContentRange(header: string | undefined): ContentRange {
  if (header === undefined) return { type: "bytes", start: 0, open: true, total: undefined };
  const match = /^bytes (?:\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header);
  if (match === null) throw new StorageError("invalid", `Failed to parse Content-Range header: ${header}`);
  const [, start, end, size] = match;
  const total = size === "*" ? undefined : Number(size);
  if (start === undefined) return { type: "status", total };
  return { type: "bytes", start: Number(start), open: end === "*", total };
}
