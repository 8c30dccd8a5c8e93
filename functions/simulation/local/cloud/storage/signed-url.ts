import { createHash, createVerify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { StorageError } from "./storage-error.js";

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
