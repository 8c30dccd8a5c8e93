import { type CallableRequest, HttpsError } from "firebase-functions/https";
import type { Caller } from "../../domain/job/new-job.js";

type Signed = Pick<CallableRequest, "auth">;

/** Who is calling. Refuses a call without a signed-in user. */
export function callerOf({ auth }: Signed): Caller {
  if (auth === undefined) {
    throw new HttpsError("unauthenticated", "Sign in first.", {
      reason: "UNAUTHENTICATED",
      fault: "user",
      retryable: false,
    });
  }
  const { tier } = auth.token;
  return { uid: auth.uid, tier: typeof tier === "string" ? tier : "free" };
}

/** Refuses everybody but an administrator: a user whose token carries the claim `admin: true`. */
export function requireAdmin(request: Signed): Caller {
  const caller = callerOf(request);
  if (request.auth?.token.admin === true) return caller;
  throw new HttpsError("permission-denied", "Only an administrator may do this.", {
    reason: "ADMIN_ONLY",
    fault: "user",
    retryable: false,
  });
}
