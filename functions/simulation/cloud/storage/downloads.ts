import { createHash, createVerify, generateKeyPair } from "node:crypto";
import { open } from "node:fs/promises";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
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
    // Cloud Storage lists no such header (XML API reference, 2026-11-30); here it costs nothing.
    "x-content-type-options": "nosniff",
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

export interface Signer {
  readonly clientEmail: string;
  /** PEM. */
  readonly publicKey: string;
}

export interface SignedRequest {
  readonly method: string;
  readonly bucket: string;
  readonly name: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

const algorithm = "GOOG4-RSA-SHA256";
const maxExpiresSeconds = 604_800;
/** Clocks of signer and storage may differ a little. */
const allowedSkewMs = 900_000;

export function isSigned(query: URLSearchParams): boolean {
  return query.has("X-Goog-Signature");
}

/**
 * Checks a V4 signed URL as Cloud Storage does: who signed, until when, and the RSA signature over
 * method, path, query and the signed headers ("V4 signing process", Cloud Storage docs, 2026-11).
 */
export function checkSignedUrl(request: SignedRequest, signers: readonly Signer[], nowMs: number): void {
  const parameter = (name: string) => request.query.get(`X-Goog-${name}`) ?? "";
  const [clientEmail, ...scope] = parameter("Credential").split("/");
  const signer = signers.find((candidate) => candidate.clientEmail === clientEmail);
  if (parameter("Algorithm") !== algorithm || signer === undefined) {
    throw new StorageError("signature", "The URL was not signed by a known service account.");
  }
  checkTime(parameter("Date"), Number(parameter("Expires")), nowMs);
  const signedText = [
    algorithm,
    parameter("Date"),
    scope.join("/"),
    createHash("sha256").update(canonicalRequest(request)).digest("hex"),
  ].join("\n");
  const signature = Buffer.from(parameter("Signature"), "hex");
  if (!createVerify("RSA-SHA256").update(signedText).verify(signer.publicKey, signature)) {
    throw new StorageError(
      "signature",
      "The request signature we calculated does not match the signature you provided.",
    );
  }
}

function checkTime(date: string, expiresSeconds: number, nowMs: number): void {
  const signedAtMs = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (Number.isNaN(signedAtMs) || !(expiresSeconds >= 0 && expiresSeconds <= maxExpiresSeconds)) {
    throw new StorageError("invalid", "X-Goog-Date or X-Goog-Expires is not valid.");
  }
  if (nowMs > signedAtMs + expiresSeconds * 1_000) {
    throw new StorageError("expired", "The provided token has expired.");
  }
  if (nowMs < signedAtMs - allowedSkewMs) {
    throw new StorageError("forbidden", "The request is not yet valid.");
  }
}

function canonicalRequest({ method, bucket, name, query, headers }: SignedRequest): string {
  const signedHeaders = query.get("X-Goog-SignedHeaders") ?? "";
  const canonicalHeaders = signedHeaders.split(";").map((header) => {
    return `${header}:${headerValue(headers, header)}\n`;
  });
  const canonicalQuery = [...query]
    .filter(([key]) => key !== "X-Goog-Signature")
    .map(([key, value]) => [encode(key), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  return [
    method,
    `/${bucket}/${name.split("/").map(encode).join("/")}`,
    canonicalQuery.join("&"),
    canonicalHeaders.join(""),
    signedHeaders,
    signedHeaders.includes("x-goog-content-sha256")
      ? String(headers["x-goog-content-sha256"])
      : "UNSIGNED-PAYLOAD",
  ].join("\n");
}

/** The official client signs the host without its port, so the port is not compared. */
function headerValue(headers: IncomingHttpHeaders, name: string): string {
  const value = String(headers[name] ?? "");
  return (name === "host" ? value.replace(/:\d+$/, "") : value).trim().replace(/\s{2,}/g, " ");
}

/** Everything but letters, digits and `-._~` is escaped, also what encodeURIComponent leaves. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Credentials of the local cloud's own service account; they open nothing anywhere else. */
export interface SigningKey {
  readonly clientEmail: string;
  /** PEM, as `cert()` of firebase-admin takes it. */
  readonly privateKey: string;
  /** PEM, for the storage server to check signed URLs with. */
  readonly publicKey: string;
}

/** A fresh key for every start: URLs that were signed before a restart stop working. */
export async function createSigningKey(projectId: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { clientEmail: `local@${projectId}.iam.gserviceaccount.com`, privateKey, publicKey };
}
