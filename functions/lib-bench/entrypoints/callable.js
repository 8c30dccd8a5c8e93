import "./options.js";
import { onCall, } from "firebase-functions/https";
import { parseInput } from "../domain/request.js";
import { callerOf, requireAdmin } from "./caller.js";
import { toHttpsError } from "./http-errors.js";
import { isAppCheckEnforced } from "./parameters.js";
import { runtime } from "./runtime.js";
/** A callable for signed-in users: authorise, parse, work, map the error. */
export function callable(schema, answer, options = {}) {
    return declare(callerOf, schema, answer, options);
}
/** The same for administrators only. */
export function adminCallable(schema, answer, options = {}) {
    return declare(requireAdmin, schema, answer, options);
}
function declare(authorise, schema, answer, options) {
    return onCall({ enforceAppCheck: isAppCheckEnforced, ...options }, async (request, response) => {
        try {
            const caller = authorise(request);
            // The client library sends `null` for a call without an argument.
            const input = parseInput(schema, request.data ?? {});
            const { deps } = await runtime();
            return await answer(deps, { caller, input, response });
        }
        catch (error) {
            throw toHttpsError(error);
        }
    });
}
//# sourceMappingURL=callable.js.map