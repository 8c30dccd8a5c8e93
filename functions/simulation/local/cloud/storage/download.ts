import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { ObjectStore } from "./object-store.js";
import { StorageError } from "./storage-error.js";
import { type StoredObject, toEtag } from "./stored-object.js";

/** Sends the bytes, or the part of them that `Range` asks for, streaming from disk. */
export async function sendObject(
  store: ObjectStore,
  object: StoredObject,
  request: IncomingMessage,
  response: ServerResponse,
  overrides: Readonly<Record<string, string>> = {},
): Promise<void> {
  const range = readRange(request.headers.range, object.size);
  const part =
    range === undefined
      ? { "content-length": String(object.size) }
      : {
          "content-length": String(range.end - range.start + 1),
          "content-range": `bytes ${range.start}-${range.end}/${object.size}`,
        };
  const headers = { ...objectHeaders(object), ...overrides, ...part };
  const status = range === undefined ? 200 : 206;
  if (request.method === "HEAD" || object.size === 0) {
    response.writeHead(status, headers).end();
    return;
  }
  const file = await open(store.pathOf(object));
  response.writeHead(status, headers);
  await pipeline(file.createReadStream({ ...range }), response);
}

/** Headers that clients read: hashes for their own check, the generation for preconditions. */
export function objectHeaders(object: StoredObject): Record<string, string> {
  const { fields } = object;
  return {
    "content-type": fields.contentType ?? "application/octet-stream",
    ...(fields.cacheControl && { "cache-control": fields.cacheControl }),
    ...(fields.contentDisposition && { "content-disposition": fields.contentDisposition }),
    ...(fields.contentEncoding && { "content-encoding": fields.contentEncoding }),
    ...(fields.contentLanguage && { "content-language": fields.contentLanguage }),
    "accept-ranges": "bytes",
    etag: `"${toEtag(object)}"`,
    "last-modified": new Date(object.updated).toUTCString(),
    "x-goog-generation": String(object.generation),
    "x-goog-metageneration": String(object.metageneration),
    "x-goog-hash": `crc32c=${object.crc32c},md5=${object.md5Hash}`,
    "x-goog-storage-class": "STANDARD",
    "x-goog-stored-content-encoding": fields.contentEncoding ?? "identity",
    "x-goog-stored-content-length": String(object.size),
    ...Object.fromEntries(
      Object.entries(object.metadata)
        .filter(([name, value]) => /^[\w-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value))
        .map(([name, value]) => [`x-goog-meta-${name}`, value]),
    ),
  };
}

/** One byte range, both ends included. Absent for the whole object; several ranges are ignored. */
function readRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end)
    throw new StorageError("requestedRangeNotSatisfiable", "The requested range cannot be satisfied.");
  return { start, end };
}
