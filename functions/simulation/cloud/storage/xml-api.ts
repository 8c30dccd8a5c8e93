import type { IncomingMessage } from "node:http";
import { isOpenToAll } from "./bucket-access.js";
import { checkSignedUrl, isSigned, objectHeaders, sendObject } from "./downloads.js";
import { type Exchange, notHere } from "./json-api.js";
import { readHeaderPreconditions, StorageError } from "./storage-error.js";
import { readHashHeader, storeBody, toUploadTarget } from "./uploads.js";

/**
 * `/BUCKET/OBJECT`: what browsers and vendors open. Nobody is logged in here: a request needs a
 * signed URL, or it reads a public object.
 */
export async function answerXmlCall(exchange: Exchange): Promise<void> {
  const { request, response, path, query, store } = exchange;
  const [bucket = "", ...segments] = path;
  const name = segments.join("/");
  const method = request.method ?? "GET";
  const object = store.find(bucket, name);
  const reading = method === "GET" || method === "HEAD";
  if (isSigned(query)) {
    const signed = { method, bucket, name, query, headers: request.headers };
    checkSignedUrl(signed, exchange.signers, exchange.now());
  } else if (!reading || object === undefined || !isOpenToAll(exchange.access, object)) {
    // Also for what does not exist: a stranger is not told which objects there are.
    throw new StorageError("forbidden", "Anonymous caller does not have access to the object.");
  }
  if (reading) {
    return sendObject(store, store.get(bucket, name), request, response, responseOverrides(query));
  }
  if (method === "DELETE") {
    await store.remove(bucket, name, readHeaderPreconditions(request.headers));
    response.writeHead(204).end();
    return;
  }
  if (method !== "PUT") throw notHere(exchange);
  return putObject(exchange, bucket, name);
}

async function putObject(exchange: Exchange, bucket: string, name: string): Promise<void> {
  const { request, response, store } = exchange;
  const { headers } = request;
  const checkLength = lengthCheck(headers["x-goog-content-length-range"]);
  if (headers["content-length"] !== undefined) checkLength(Number(headers["content-length"]), "end");
  const contentMd5 = headers["content-md5"];
  const expected = readHashHeader(headers["x-goog-hash"]);
  const target = {
    ...toUploadTarget(bucket, new URLSearchParams({ name }), headerResource(headers), {
      contentType: headers["content-type"],
      conditions: readHeaderPreconditions(headers),
    }),
    expected: { ...expected, ...(typeof contentMd5 === "string" && { md5Hash: contentMd5 }) },
  };
  const stored = await storeBody(store, target, checkedBytes(request, checkLength));
  const { etag, "x-goog-generation": generation, "x-goog-hash": hash } = objectHeaders(stored);
  response
    .writeHead(200, { etag, "x-goog-generation": generation, "x-goog-hash": hash, "content-length": "0" })
    .end();
}

function headerResource(headers: Exchange["request"]["headers"]): unknown {
  const custom = Object.entries(headers).filter(([header]) => header.startsWith("x-goog-meta-"));
  return {
    cacheControl: headers["cache-control"],
    contentDisposition: headers["content-disposition"],
    contentEncoding: headers["content-encoding"],
    metadata: Object.fromEntries(custom.map(([header, value]) => [header.slice(12), String(value)])),
  };
}

/** `x-goog-content-length-range: MIN,MAX` lets the signer bound what a stranger may upload. */
function lengthCheck(header: string | string[] | undefined) {
  const [, least = "0", most = "Infinity"] = /^(\d+),(\d+)$/.exec(String(header ?? "")) ?? [];
  return (bytes: number, when: "on the way" | "end") => {
    if (bytes > Number(most)) throw new StorageError("entityTooLarge", "Your proposed upload is too large.");
    if (when === "end" && bytes < Number(least)) {
      throw new StorageError("entityTooSmall", "Your proposed upload is too small.");
    }
  };
}

async function* checkedBytes(
  request: IncomingMessage,
  check: ReturnType<typeof lengthCheck>,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  // Leaving the loop early would otherwise close the connection before the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    check(bytes, "on the way");
    yield chunk;
  }
  check(bytes, "end");
}

/** A signed URL may decide how the browser treats the file, for example its name on download. */
function responseOverrides(query: URLSearchParams): Record<string, string> {
  if (!isSigned(query)) return {};
  const names = ["content-type", "content-disposition", "cache-control"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = query.get(`response-${name}`);
      return value === null ? [] : [[name, value]];
    }),
  );
}
