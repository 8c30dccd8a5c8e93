import { StorageError } from "./storage-error.js";
export function readPreconditions(query) {
    return {
        ...number("generation", query.get("ifGenerationMatch")),
        ...number("notGeneration", query.get("ifGenerationNotMatch")),
        ...number("metageneration", query.get("ifMetagenerationMatch")),
        ...number("notMetageneration", query.get("ifMetagenerationNotMatch")),
    };
}
/** The XML API has its conditions in headers. */
export function readHeaderPreconditions(headers) {
    return {
        ...number("generation", headers["x-goog-if-generation-match"]),
        ...number("metageneration", headers["x-goog-if-metageneration-match"]),
    };
}
function number(name, value) {
    if (value === null || value === undefined)
        return {};
    const parsed = Number(value);
    if (!Number.isSafeInteger(parsed) || value === "") {
        throw new StorageError("invalid", `not a ${name}: ${String(value)}`);
    }
    return { [name]: parsed };
}
/** Throws 412 unless everything holds. */
export function checkPreconditions(object, conditions) {
    const generation = object?.generation ?? 0;
    const metageneration = object?.metageneration ?? 0;
    const met = (conditions.generation ?? generation) === generation &&
        conditions.notGeneration !== generation &&
        (conditions.metageneration ?? metageneration) === metageneration &&
        conditions.notMetageneration !== metageneration;
    if (!met) {
        throw new StorageError("conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
    }
}
//# sourceMappingURL=preconditions.js.map