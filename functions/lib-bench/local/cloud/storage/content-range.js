import { StorageError } from "./storage-error.js";
/**
 * Reads `Content-Range`. The official client sends `bytes 0-*\/*` when it streams everything in one
 * request (@google-cloud/storage 8.4, resumable-upload): open at its end, and therefore the last.
 */
export function readContentRange(header) {
    if (header === undefined)
        return { type: "bytes", start: 0, open: true, total: undefined };
    const match = /^bytes (?:\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header);
    if (match === null)
        throw new StorageError("invalid", `Failed to parse Content-Range header: ${header}`);
    const [, start, end, size] = match;
    const total = size === "*" ? undefined : Number(size);
    if (start === undefined)
        return { type: "status", total };
    return { type: "bytes", start: Number(start), open: end === "*", total };
}
//# sourceMappingURL=content-range.js.map