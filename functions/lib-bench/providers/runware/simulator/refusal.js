export function refusal(status, code, message, rest = {}) {
    return { status, error: { code, message, ...rest } };
}
/** The first problem of a task in the vendor's naming: `unsupported…`, `missing…`, `invalid…`. */
export function toRefusal(issue, task) {
    if (issue?.code === "unrecognized_keys") {
        const parameter = [...issue.path, issue.keys[0]].join(".");
        return refusal(400, "unsupportedParameter", `Parameter '${parameter}' is not supported.`, { parameter });
    }
    const path = issue?.path ?? [];
    const parameter = path.join(".");
    const name = String(path.find((part) => typeof part === "string") ?? "Request");
    const kind = valueAt(task, path) === undefined ? "missing" : "invalid";
    return refusal(400, `${kind}${name.charAt(0).toUpperCase()}${name.slice(1)}`, `Check '${parameter}'.`, {
        parameter,
    });
}
function valueAt(value, path) {
    return path.reduce((at, part) => (at !== null && typeof at === "object" ? Reflect.get(at, part) : undefined), value);
}
//# sourceMappingURL=refusal.js.map