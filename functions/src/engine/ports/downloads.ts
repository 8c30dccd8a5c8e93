import type { Readable } from "node:stream";

export interface Downloads {
  /** Opens a finished file. Throws `DownloadError`; only https to an allowed host, or our own simulator. */
  open(url: string, allowedHosts: readonly string[], limits?: DownloadLimits): Promise<Download>;
}

export interface DownloadLimits {
  /** For the whole file, where the usual time is too long. */
  readonly totalTimeoutMs?: number;
}

export interface Download {
  readonly stream: Readable;
  readonly contentType: string;
  /** As announced; `null` when the server does not say. */
  readonly bytes: number | null;
  /**
   * Set when the host marks the end by closing the connection and by nothing else: then an end that came
   * too early looks like any other, and only the file itself can tell that it is whole.
   */
  readonly endsUnmarked?: true;
}

/**
 * A file could not be fetched. `expired` asks for a fresh URL; `refused` will never be allowed, unless it is
 * passing: an answer in a form that is not taken, where the next one may be another.
 */
export class DownloadError extends Error {
  readonly reason: "expired" | "refused" | "unreachable" | "too_large" | "incomplete";
  readonly isPassing: boolean;

  constructor(reason: DownloadError["reason"], message: string, isPassing = false) {
    super(message);
    this.name = "DownloadError";
    this.reason = reason;
    this.isPassing = isPassing;
  }
}
