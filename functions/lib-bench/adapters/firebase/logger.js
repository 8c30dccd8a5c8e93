import { write } from "firebase-functions/logger";
import { redact } from "./redact.js";
/** One structured line per fact: the event is its message, the fields can be searched for. */
export function firebaseLogger() {
    const at = (severity) => (event, fields) => {
        write({ ...toSafe(fields), severity, message: event });
    };
    return { info: at("INFO"), warn: at("WARNING"), error: at("ERROR") };
}
function toSafe(fields) {
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? redact(value) : value]));
}
//# sourceMappingURL=logger.js.map