import "../config/options.js";
import {
  type CallableOptions,
  type CallableRequest,
  type CallableResponse,
  onCall,
} from "firebase-functions/https";
import type { z } from "zod";
import { firebaseLogger } from "../../adapters/firebase/logger.js";
import type { Caller } from "../../domain/job/new-job.js";
import { parseInput } from "../../domain/request/request.js";
import type { Deps } from "../../engine/deps.js";
import { isAppCheckEnforced } from "../config/parameters.js";
import { runtime } from "../config/runtime.js";
import { callerOf, requireAdmin } from "./caller.js";
import { toHttpsError } from "./http-errors.js";

/** For what goes wrong before there is a runtime. */
const platformLog = firebaseLogger();

/** What a callable works with: who asks, what for, and where parts of the answer may be sent. */
export interface Call<Input> {
  readonly caller: Caller;
  readonly input: Input;
  readonly response: CallableResponse | undefined;
}

/** A callable for signed-in users: authorise, parse, work, map the error. */
export function callable<Schema extends z.ZodType, Answer>(
  schema: Schema,
  answer: (deps: Deps, call: Call<z.output<Schema>>) => Promise<Answer>,
  options: CallableOptions = {},
) {
  return declare(callerOf, schema, answer, options);
}

/** The same for administrators only. */
export function adminCallable<Schema extends z.ZodType, Answer>(
  schema: Schema,
  answer: (deps: Deps, call: Call<z.output<Schema>>) => Promise<Answer>,
  options: CallableOptions = {},
) {
  return declare(requireAdmin, schema, answer, options);
}

function declare<Schema extends z.ZodType, Answer>(
  authorise: (request: CallableRequest) => Caller,
  schema: Schema,
  answer: (deps: Deps, call: Call<z.output<Schema>>) => Promise<Answer>,
  options: CallableOptions,
) {
  return onCall({ enforceAppCheck: isAppCheckEnforced, ...options }, async (request, response) => {
    let log = platformLog;
    try {
      const caller = authorise(request);
      // The client library sends `null` for a call without an argument.
      const input = parseInput(schema, request.data ?? {});
      const { deps } = await runtime();
      log = deps.log;
      return await answer(deps, { caller, input, response });
    } catch (error) {
      throw toHttpsError(error, log);
    }
  });
}
