import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import type { IncomingFile, ObjectStore } from "./object-store.js";
import { checkPreconditions, type Preconditions, StorageError } from "./storage-error.js";
import {
  applyResource,
  type Described,
  objectResourceSchema,
  type StoredObject,
  undescribed,
} from "./stored-object.js";

/** Everything about an object that is known before its bytes. */
export interface UploadTarget extends Described {
  readonly bucket: string;
  readonly name: string;
  readonly conditions: Preconditions;
  /** Hashes that the client promised. */
  readonly expected: ExpectedHashes;
}

export interface ExpectedHashes {
  readonly md5Hash?: string | undefined;
  readonly crc32c?: string | undefined;
}

export function toUploadTarget(
  bucket: string,
  query: URLSearchParams,
  json: unknown,
  rest: { contentType: string | undefined; conditions: Preconditions },
): UploadTarget {
  const parsed = objectResourceSchema.safeParse(json);
  if (!parsed.success) throw new StorageError("invalid", `not an object resource: ${parsed.error.message}`);
  const resource = parsed.data;
  const name = query.get("name") ?? resource.name ?? "";
  const contentType = resource.contentType ?? rest.contentType ?? "application/octet-stream";
  return {
    bucket,
    name,
    conditions: rest.conditions,
    expected: { md5Hash: resource.md5Hash ?? undefined, crc32c: resource.crc32c ?? undefined },
    ...applyResource(undescribed, { ...resource, contentType }, query.get("predefinedAcl") ?? undefined),
  };
}

/** Takes in a whole body at once; nothing remains when it breaks off. */
export async function storeBody(
  store: ObjectStore,
  target: UploadTarget,
  body: AsyncIterable<Buffer>,
): Promise<StoredObject> {
  const incoming = await store.openIncoming();
  try {
    for await (const chunk of body) await incoming.write(chunk);
  } catch (error) {
    await incoming.discard();
    throw error;
  }
  return finishUpload(store, target, incoming);
}

async function finishUpload(
  store: ObjectStore,
  target: UploadTarget,
  incoming: IncomingFile,
  alsoExpected: ExpectedHashes = {},
): Promise<StoredObject> {
  const { bucket, name, fields, metadata, acl, conditions } = target;
  const bytes = await incoming.finish();
  try {
    for (const expected of [target.expected, alsoExpected]) {
      checkHash("MD5", expected.md5Hash, bytes.md5Hash);
      checkHash("CRC32C", expected.crc32c, bytes.crc32c);
    }
    return await store.commit(incoming.path, { bucket, name, fields, metadata, acl, ...bytes }, conditions);
  } catch (error) {
    await rm(incoming.path, { force: true });
    throw error;
  }
}

function checkHash(label: string, expected: string | undefined, actual: string): void {
  if (expected === undefined || expected === actual) return;
  throw new StorageError(
    "badDigest",
    `Provided ${label} hash "${expected}" doesn't match calculated "${actual}".`,
  );
}

/** `X-Goog-Hash: crc32c=...,md5=...`; the values are base64 and may end in equals signs. */
export function readHashHeader(header: string | string[] | undefined): ExpectedHashes {
  const text = String(header ?? "");
  return {
    md5Hash: /md5=([^,\s]+)/.exec(text)?.[1],
    crc32c: /crc32c=([^,\s]+)/.exec(text)?.[1],
  };
}

interface Session {
  readonly target: UploadTarget;
  readonly incoming: IncomingFile;
  stored: StoredObject | undefined;
  /** Ends when the request before has let go of the file. */
  turn: Promise<unknown>;
}

export type ChunkAnswer =
  | { readonly type: "stored"; readonly object: StoredObject }
  | { readonly type: "incomplete"; readonly received: number };

export type ResumableUploads = ReturnType<typeof createResumableUploads>;

/** Uploads in several requests. A session lives as long as the server. */
export function createResumableUploads(store: ObjectStore) {
  const sessions = new Map<string, Session>();

  function sessionOf(id: string): Session {
    const session = sessions.get(id);
    if (session === undefined) throw new StorageError("notFound", "no such upload; start a new one");
    return session;
  }

  async function receive(id: string, session: Session, request: IncomingMessage): Promise<ChunkAnswer> {
    const { incoming, target } = session;
    if (session.stored !== undefined) return { type: "stored", object: session.stored };
    const range = readContentRange(request.headers["content-range"]);
    if (range.type === "bytes") await append(incoming, range.start, request);
    if (!isComplete(range, incoming.size())) return { type: "incomplete", received: incoming.size() };
    const promised = readHashHeader(request.headers["x-goog-hash"]);
    session.stored = await finishUpload(store, target, incoming, promised).catch((error: unknown) => {
      sessions.delete(id);
      throw error;
    });
    return { type: "stored", object: session.stored };
  }

  return {
    async start(target: UploadTarget): Promise<string> {
      checkPreconditions(store.find(target.bucket, target.name), target.conditions);
      const id = randomUUID();
      const incoming = await store.openIncoming();
      sessions.set(id, { target, incoming, stored: undefined, turn: Promise.resolve() });
      return id;
    },

    /** One after the other: a repeated request may arrive while its first copy still writes. */
    put(id: string, request: IncomingMessage): Promise<ChunkAnswer> {
      const session = sessionOf(id);
      const answer = session.turn.then(() => receive(id, session, request));
      session.turn = answer.catch(() => {});
      return answer;
    },

    async cancel(id: string): Promise<void> {
      const session = sessionOf(id);
      sessions.delete(id);
      if (session.stored === undefined) await session.incoming.discard();
    },

    async close(): Promise<void> {
      const unfinished = [...sessions.values()].filter(({ stored }) => stored === undefined);
      sessions.clear();
      await Promise.all(unfinished.map(({ incoming }) => incoming.discard()));
    },
  };
}

/** Bytes that we have already are skipped; what arrived before a broken connection counts. */
async function append(incoming: IncomingFile, start: number, body: AsyncIterable<Buffer>): Promise<void> {
  if (start > incoming.size()) {
    throw new StorageError("invalid", `the upload goes on at byte ${incoming.size()}, not at ${start}`);
  }
  let surplus = incoming.size() - start;
  for await (const chunk of body) {
    const fresh = chunk.subarray(Math.min(surplus, chunk.byteLength));
    surplus -= chunk.byteLength - fresh.byteLength;
    if (fresh.byteLength > 0) await incoming.write(fresh);
  }
}

function isComplete(range: ContentRange, received: number): boolean {
  if (range.total !== undefined) return received === range.total;
  return range.type === "bytes" && range.open;
}

/** What one PUT of a resumable upload says about itself. */
export type ContentRange =
  /** No bytes: how far are we? With a total, "and that is all". */
  | { readonly type: "status"; readonly total: number | undefined }
  /** Bytes from `start` on; the last when `open` or when they reach `total`. */
  | {
      readonly type: "bytes";
      readonly start: number;
      readonly open: boolean;
      readonly total: number | undefined;
    };

/**
 * Reads `Content-Range`. The official client sends `bytes 0-*\/*` when it streams everything in one
 * request (@google-cloud/storage 8.4, resumable-upload): open at its end, and therefore the last.
 */
function readContentRange(header: string | undefined): ContentRange {
  if (header === undefined) return { type: "bytes", start: 0, open: true, total: undefined };
  const match = /^bytes (?:\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header);
  if (match === null) throw new StorageError("invalid", `Failed to parse Content-Range header: ${header}`);
  const [, start, end, size] = match;
  const total = size === "*" ? undefined : Number(size);
  if (start === undefined) return { type: "status", total };
  return { type: "bytes", start: Number(start), open: end === "*", total };
}
