import { UnreachableError } from "../../domain/errors.js";
import type { Operation, OperationStatus } from "../../domain/provider/provider.js";

/** A longer one is not kept: after an hour a paid task is looked at again. */
const longestWaitMs = 3_600_000;
const mostRemembered = 1_000;

/**
 * Reads of a task that keep a wait which the vendor has named, whoever asks: a poll, a user, a webhook
 * or the sweeper, as far as they run in this instance. Within the wait nothing is sent.
 */
export function keepingWaits(
  read: (operation: Operation) => Promise<OperationStatus>,
  now: () => number,
): (operation: Operation) => Promise<OperationStatus> {
  const waits = new Map<string, number>();
  return async (operation) => {
    const key = JSON.stringify(operation);
    const left = (waits.get(key) ?? 0) - now();
    if (left > 0) {
      throw new UnreachableError("the vendor asked to wait", {
        sent: "no",
        code: "unknown",
        retryAfterMs: left,
      });
    }
    waits.delete(key);
    try {
      return await read(operation);
    } catch (error) {
      const waitMs = error instanceof UnreachableError ? error.retryAfterMs : undefined;
      if (waits.size >= mostRemembered) waits.clear();
      if (waitMs !== undefined) waits.set(key, now() + Math.min(waitMs, longestWaitMs));
      throw error;
    }
  };
}
