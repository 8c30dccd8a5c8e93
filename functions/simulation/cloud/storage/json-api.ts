import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody, sendJson } from "../../kit/loopback-server.js";
import { type BucketAccess, bucketResource } from "./bucket-access.js";
import { type Signer, sendObject } from "./downloads.js";
import type { ObjectStore } from "./object-store.js";
import { checkPreconditions, readPreconditions, StorageError } from "./storage-error.js";
import {
  applyResource,
  objectResourceSchema,
  type StoredObject,
  toResource,
  undescribed,
} from "./stored-object.js";
import type { ResumableUploads } from "./uploads.js";

/** One request with everything that answering it may need. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Decoded segments of the path behind the prefix of the dialect. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly origin: string;
  readonly store: ObjectStore;
  readonly uploads: ResumableUploads;
  readonly signers: readonly Signer[];
  readonly access: BucketAccess;
  now(): number;
}

const maxBodyBytes = 1_048_576;

/**
 * `/storage/v1/b/...`: the dialect of the official client, which sends no credentials to an
 * emulator. Whoever reaches it acts as the service account, as in Google's own emulators.
 */
export async function answerJsonCall(exchange: Exchange): Promise<void> {
  const { request, response, path, query, store, origin } = exchange;
  const [, bucket = "", collection, name, ...rest] = path;
  if (collection === undefined && request.method === "GET") {
    return sendJson(response, 200, bucketResource(exchange.access, bucket));
  }
  if (collection !== "o") throw notHere(exchange);
  if (name === undefined) {
    if (request.method !== "GET") throw notHere(exchange);
    return sendJson(response, 200, listObjects(store.list(bucket), query, origin));
  }
  if (rest[0] === "acl") return answerAcl(exchange, store.get(bucket, name), rest[1]);
  if (rest[0] === "rewriteTo" || rest[0] === "copyTo") return answerCopy(exchange, bucket, name, rest);
  if (rest.length > 0) throw notHere(exchange);
  return answerObject(exchange, bucket, name);
}

async function answerObject(exchange: Exchange, bucket: string, name: string): Promise<void> {
  const { request, response, query, store, origin } = exchange;
  if (request.method === "DELETE") {
    checkGeneration(store.get(bucket, name), query.get("generation"));
    await store.remove(bucket, name, readPreconditions(query));
    response.writeHead(204).end();
    return;
  }
  const object = store.get(bucket, name);
  checkGeneration(object, query.get("generation"));
  checkPreconditions(object, readPreconditions(query));
  if (request.method === "GET") {
    if (query.get("alt") === "media") return sendObject(store, object, request, response);
    return sendJson(response, 200, toResource(object, origin));
  }
  if (request.method !== "PATCH") throw notHere(exchange);
  const resource = await readResource(exchange);
  const current = store.get(bucket, name);
  checkPreconditions(current, readPreconditions(query));
  const described = applyResource(current, resource, query.get("predefinedAcl") ?? undefined);
  sendJson(response, 200, toResource(store.update(current, described), origin));
}

/** Old generations are not kept, so naming one is like naming an object that is not there. */
function checkGeneration(object: StoredObject, generation: string | null): void {
  if (generation === null || generation === String(object.generation)) return;
  throw new StorageError("notFound", `No such object: ${object.bucket}/${object.name}#${generation}`);
}

async function answerCopy(
  exchange: Exchange,
  bucket: string,
  name: string,
  rest: readonly string[],
): Promise<void> {
  const { request, response, query, store, origin } = exchange;
  const [verb, , targetBucket = "", , targetName = ""] = rest;
  if (request.method !== "POST") throw notHere(exchange);
  const resource = await readResource(exchange);
  const source = store.get(bucket, name);
  checkGeneration(source, query.get("sourceGeneration"));
  // A body replaces the source's metadata instead of adding to it, and access is never copied
  // (Objects: rewrite, JSON API reference, 2026-11).
  const { fields, metadata } = Object.keys(resource).length === 0 ? source : undescribed;
  const predefinedAcl = query.get("destinationPredefinedAcl") ?? undefined;
  const described = applyResource({ fields, metadata, acl: [] }, resource, predefinedAcl);
  const target = { bucket: targetBucket, name: targetName, ...described };
  const copied = await store.copy(source, target, readPreconditions(query));
  const answer = toResource(copied, origin);
  if (verb === "copyTo") return sendJson(response, 200, answer);
  const size = String(copied.size);
  sendJson(response, 200, {
    kind: "storage#rewriteResponse",
    done: true,
    objectSize: size,
    totalBytesRewritten: size,
    resource: answer,
  });
}

/** Access of single objects; what counts is whether `allUsers` may read. */
async function answerAcl(
  exchange: Exchange,
  object: StoredObject,
  entity: string | undefined,
): Promise<void> {
  const { request, response, store } = exchange;
  if (request.method === "GET" && entity === undefined) {
    return sendJson(response, 200, { kind: "storage#objectAccessControls", items: object.acl });
  }
  if (request.method === "DELETE" && entity !== undefined) {
    store.update(object, { ...object, acl: object.acl.filter((entry) => entry.entity !== entity) });
    response.writeHead(204).end();
    return;
  }
  if (request.method !== "POST") throw notHere(exchange);
  const json = await readJson(exchange);
  const parsed = objectResourceSchema.shape.acl.safeParse([json]);
  const added = parsed.data?.[0];
  if (added === undefined) throw new StorageError("invalid", "an access control has an entity and a role");
  const others = object.acl.filter((entry) => entry.entity !== added.entity);
  store.update(object, { ...object, acl: [...others, added] });
  sendJson(response, 200, { kind: "storage#objectAccessControl", ...added });
}

async function readResource(exchange: Exchange) {
  const parsed = objectResourceSchema.safeParse(await readJson(exchange));
  if (parsed.success) return parsed.data;
  throw new StorageError("invalid", `not an object resource: ${parsed.error.message}`);
}

export async function readJson({ request }: Exchange): Promise<unknown> {
  const bytes = await readBody(request, maxBodyBytes);
  if (bytes === undefined) throw new StorageError("invalid", "the metadata is too long");
  try {
    return bytes.byteLength === 0 ? {} : JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new StorageError("invalid", "the body is not JSON");
  }
}

export function notHere({ request, path }: Exchange): StorageError {
  return new StorageError("notImplemented", `the local storage has no ${request.method} ${path.join("/")}`);
}

/**
 * One page of a bucket: `prefix`, `delimiter` (folders), `startOffset`, `endOffset`, `maxResults`
 * and `pageToken`. The token is the last name or folder of the page before.
 */
function listObjects(objects: readonly StoredObject[], query: URLSearchParams, origin: string): unknown {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const after = Buffer.from(query.get("pageToken") ?? "", "base64url").toString();
  const startOffset = query.get("startOffset") ?? "";
  const endOffset = query.get("endOffset");
  const size = Math.min(1_000, Number(query.get("maxResults")) || 1_000);
  const entries = new Map<string, StoredObject | undefined>();
  for (const object of objects) {
    if (!object.name.startsWith(prefix) || object.name < startOffset) continue;
    if (endOffset !== null && object.name >= endOffset) continue;
    const cut = delimiter === "" ? -1 : object.name.indexOf(delimiter, prefix.length);
    if (cut === -1) entries.set(object.name, object);
    else entries.set(object.name.slice(0, cut + delimiter.length), undefined);
  }
  const rest = [...entries].filter(([name]) => name > after);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const items = shown.flatMap(([, object]) => (object === undefined ? [] : [toResource(object, origin)]));
  const prefixes = shown.flatMap(([name, object]) => (object === undefined ? [name] : []));
  return {
    kind: "storage#objects",
    ...(items.length > 0 && { items }),
    ...(prefixes.length > 0 && { prefixes }),
    ...(rest.length > size && last && { nextPageToken: Buffer.from(last[0]).toString("base64url") }),
  };
}
