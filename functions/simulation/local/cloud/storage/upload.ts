import { rm } from "node:fs/promises";
import type { IncomingFile } from "./incoming-file.js";
import type { ObjectStore } from "./object-store.js";
import type { Preconditions } from "./preconditions.js";
import { StorageError } from "./storage-error.js";
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

export async function finishUpload(
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
