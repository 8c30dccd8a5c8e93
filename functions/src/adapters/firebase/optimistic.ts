import { setTimeout as delay } from "node:timers/promises";
import { grpc, grpcCode } from "./grpc.js";

const maxTries = 40;
const firstDelayMs = 10;
const maxDelayMs = 400;

/** gRPC codes with which Firestore says that a document is not as it was read. */
const conflictCodes: ReadonlySet<unknown> = new Set([
  grpc.notFound, // it was deleted
  grpc.alreadyExists, // somebody else created it
  grpc.failedPrecondition, // its update time is another
  grpc.aborted, // two commits met
]);

/**
 * Runs "read, decide, commit with preconditions" until nobody came in between. Preferred to
 * `runTransaction`: with 50 writers on one document the emulator did 1.2 transactions a second and
 * 81 of these (measured 2026-11-21). Whatever is not a conflict is thrown at once. Not by p-retry: its
 * delays have no jitter once they have reached their limit, and writers that met would meet again.
 */
export async function optimistically<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error) || tries >= maxTries) throw error;
    }
    await delay(Math.random() * Math.min(firstDelayMs * 2 ** tries, maxDelayMs));
  }
}

function isConflict(error: unknown): boolean {
  return conflictCodes.has(grpcCode(error));
}
