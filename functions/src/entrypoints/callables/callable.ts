import {
  type CallableOptions,
  type CallableRequest,
  type CallableResponse,
  HttpsError,
  onCall,
} from "firebase-functions/https";
import { z } from "zod";
import { firebaseLogger } from "../../adapters/firebase/logger.js";
import type { SignIn } from "../../adapters/firebase/sign-ins.js";
import type { Caller } from "../../domain/job/new-job.js";
import { callSizeLimits, checkInputSize, type InputLimits } from "../../domain/request/input-size.js";
import { parseInput } from "../../domain/request/parse-input.js";
import { createCallLimits, type LimitedCall } from "../../engine/call-limits.js";
import type { Deps } from "../../engine/deps.js";
import { isAnonymousAllowed, isAppCheckConsumed, isAppCheckEnforced } from "../config/parameters.js";
import { runtime } from "../config/runtime.js";
import { preconditionError, toHttpsError } from "./http-errors.js";

/** What a callable is: the input that it takes, and what it does for the caller. */
interface Definition<Input extends z.ZodType, Answer> {
  readonly input: Input;
  readonly run: (
    deps: Deps,
    caller: Caller,
    input: z.output<Input>,
    /** Where parts of the answer may be sent before it is whole. */
    response: CallableResponse | undefined,
  ) => Promise<Answer>;
  /** Of a call that costs its user nothing: by which limit it is counted; `null` for an input that is not. */
  readonly limit?: (input: z.output<Input>) => LimitedCall | null;
  readonly options?: CallableOptions;
  /** It begins what costs money: the account is looked at, and an App Check token is good for one call. */
  readonly spends?: boolean;
  /** How much input there may be, where it is more than a single request. */
  readonly sizeLimits?: InputLimits;
}

export const noInput = z.strictObject({});
/** For verbs of the engine that take a whole request and parse it themselves. */
export const parsedByEngine = z.unknown();

/** For what goes wrong before there is a runtime. */
const platformLog = firebaseLogger();

/** Of this instance. */
export const callLimits = createCallLimits();

/** A function for signed-in users: authorise, parse, work, map the error. */
export function callable<Input extends z.ZodType, Answer>(definition: Definition<Input, Answer>) {
  return declare(callerOf, definition);
}

/** The same for administrators only. */
export function adminCallable<Input extends z.ZodType, Answer>(definition: Definition<Input, Answer>) {
  return declare(requireAdmin, definition, true);
}

function declare<Input extends z.ZodType, Answer>(
  authorise: (request: CallableRequest) => Caller,
  {
    input: schema,
    run,
    limit,
    options = {},
    spends = false,
    sizeLimits = callSizeLimits,
  }: Definition<Input, Answer>,
  looksAtAccount = spends,
) {
  const consumeAppCheckToken = spends && isAppCheckConsumed;
  const enforceAppCheck = isAppCheckEnforced || consumeAppCheckToken;
  return onCall({ enforceAppCheck, consumeAppCheckToken, ...options }, async (request, response) => {
    let log = platformLog;
    try {
      const caller = authorise(request);
      if (consumeAppCheckToken) refuseUsedToken(request);
      // Before the schema: what it finds wrong with a large input is larger still.
      checkInputSize(request.data, sizeLimits, bodyBytes(request));
      // The client library sends `null` for a call without an argument.
      const input = parseInput(schema, request.data ?? {});
      const { deps, isSignInValid } = await runtime();
      log = deps.log;
      if (looksAtAccount && !(await isSignInValid(signInOf(request)))) throw signInEnded();
      const limitedBy = limit?.(input) ?? null;
      if (limitedBy !== null) {
        const { policy } = await deps.snapshot();
        callLimits.take(caller.uid, limitedBy, policy.limits, deps.now());
      }
      return await run(deps, caller, input, response);
    } catch (error) {
      throw toHttpsError(error, log);
    }
  });
}

/** A token that was copied on its way is worth nothing once the call it was made for has come. */
function refuseUsedToken({ app }: CallableRequest): void {
  if (app?.alreadyConsumed !== true) return;
  throw preconditionError("APP_CHECK_USED", "Make this call with a fresh limited-use App Check token.", true);
}

function signInOf({ auth }: CallableRequest): SignIn {
  const { auth_time: seconds = 0, firebase } = auth?.token ?? {};
  return { uid: auth?.uid ?? "", signedInAt: seconds * 1_000, tenant: firebase?.tenant ?? null };
}

function signInEnded(): HttpsError {
  return new HttpsError("unauthenticated", "Sign in again: this sign-in is no longer valid.", {
    reason: "SIGN_IN_ENDED",
    fault: "user",
    retryable: false,
  });
}

/** Length of the body as it came over the line; 0 where a test calls without one. */
function bodyBytes({ rawRequest }: { rawRequest: { rawBody?: Buffer } }): number {
  return rawRequest.rawBody?.byteLength ?? 0;
}

/** Who is calling. Refuses a call without a signed-in user. */
function callerOf({ auth }: CallableRequest): Caller {
  if (auth === undefined) {
    throw new HttpsError("unauthenticated", "Sign in first.", {
      reason: "UNAUTHENTICATED",
      fault: "user",
      retryable: false,
    });
  }
  const { tier, firebase } = auth.token;
  if (firebase?.sign_in_provider === "anonymous" && !isAnonymousAllowed()) {
    throw new HttpsError(
      "permission-denied",
      "Sign in with an account: anonymous users cannot make videos here.",
      { reason: "ANONYMOUS_REFUSED", fault: "user", retryable: false },
    );
  }
  return { uid: auth.uid, tier: typeof tier === "string" ? tier : "free" };
}

/** Refuses everybody but an administrator: a user whose token carries the claim `admin: true`. */
function requireAdmin(request: CallableRequest): Caller {
  const caller = callerOf(request);
  if (request.auth?.token.admin === true) return caller;
  throw new HttpsError("permission-denied", "Only an administrator may do this.", {
    reason: "ADMIN_ONLY",
    fault: "user",
    retryable: false,
  });
}
