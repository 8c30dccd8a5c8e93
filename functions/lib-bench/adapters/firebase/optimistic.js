import { setTimeout as delay } from "node:timers/promises";
const maxTries = 40;
const firstDelayMs = 10;
const maxDelayMs = 400;
/** gRPC codes with which Firestore says that a document is not as it was read. */
const conflictCodes = new Set([
    5, // NOT_FOUND: it was deleted
    6, // ALREADY_EXISTS: somebody else created it
    9, // FAILED_PRECONDITION: its update time is another
    10, // ABORTED: two commits met
]);
/**
 * Runs "read, decide, commit with preconditions" until nobody came in between. Preferred to
 * `runTransaction`: with 50 writers on one document the emulator did 1.2 transactions a second and
 * 81 of these (measured 2026-11-21). Whatever is not a conflict is thrown at once.
 */
export async function optimistically(attempt) {
    for (let tries = 1;; tries += 1) {
        try {
            return await attempt();
        }
        catch (error) {
            if (!isConflict(error) || tries >= maxTries)
                throw error;
        }
        await delay(Math.random() * Math.min(firstDelayMs * 2 ** tries, maxDelayMs));
    }
}
function isConflict(error) {
    return conflictCodes.has(grpcCode(error));
}
export function grpcCode(error) {
    return error instanceof Error && "code" in error ? error.code : undefined;
}
//# sourceMappingURL=optimistic.js.map