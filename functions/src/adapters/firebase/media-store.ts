import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Storage } from "firebase-admin/storage";
import type { Logger } from "../../engine/ports/logger.js";
import {
  type MediaStore,
  mediaTypes,
  ObjectReplacedError,
  type StoredObject,
  type WriteOptions,
} from "../../engine/ports/media-store.js";
import { uploadStream } from "./object-upload.js";
import { createPublicAccess, mayBeAclRefusal, type PublicAccess } from "./public-access.js";

export type Bucket = ReturnType<Storage["bucket"]>;

export interface BucketOptions {
  readonly bucketName: string;
  /** Instead of the bucket of the default app. */
  readonly bucket?: Bucket;
}

/** The client library is loaded when the first file is used. */
export async function openBucket({ bucketName, bucket }: BucketOptions): Promise<Bucket> {
  if (bucket !== undefined) return bucket;
  const { getStorage } = await import("firebase-admin/storage");
  return getStorage().bucket(bucketName);
}

type File = ReturnType<Bucket["file"]>;
type FileMetadata = File["metadata"];

export interface MediaStoreOptions extends BucketOptions {
  readonly log: Logger;
  now(): number;
}

interface Opened {
  readonly bucket: Bucket;
  readonly access: PublicAccess;
}

/** Files in Cloud Storage. */
export function firebaseMediaStore(options: MediaStoreOptions): MediaStore {
  let opened: Promise<Opened> | undefined;

  function open(): Promise<Opened> {
    opened ??= openBucket(options).then((bucket) => ({
      bucket,
      access: createPublicAccess(bucket, options.log),
    }));
    return opened;
  }

  async function file(path: string): Promise<File> {
    return (await open()).bucket.file(path);
  }

  return {
    async write(path, source, writeOptions) {
      const { bucket, access } = await open();
      return write(bucket.file(path), source, writeOptions, access);
    },

    async stat(path) {
      const metadata = await metadataOf(await file(path));
      return metadata === null ? null : toStoredObject(path, metadata);
    },

    async read(path, offset, length) {
      if (length === 0) return Buffer.alloc(0);
      const [content] = await (await file(path)).download({ start: offset, end: offset + length - 1 });
      return content;
    },

    async signedUrl(path, expiresAt, signedAt = options.now()) {
      // Signing measures from the wall clock, whatever clock this installation runs by. In whole seconds, as
      // links are: two readings of one clock may be a millisecond apart, and the same link must come out.
      const aheadMs = Math.round((Date.now() - options.now()) / 1_000) * 1_000;
      const [url] = await (await file(path)).getSignedUrl({
        version: "v4",
        action: "read",
        accessibleAt: signedAt + aheadMs,
        expires: expiresAt + aheadMs,
        // Also for what was stored before: no browser takes it for a page of our own.
        responseDisposition: "attachment",
      });
      return url;
    },

    publicUrl: async (path) => (await open()).access.addressOf(path),

    async list(prefix, limit, after) {
      // The offset itself is listed as well.
      const page = after === null ? { maxResults: limit } : { maxResults: limit + 1, startOffset: after };
      const [files] = await (await open()).bucket.getFiles({ prefix, autoPaginate: false, ...page });
      return files
        .filter(({ name }) => name !== after)
        .slice(0, limit)
        .map(({ name, metadata }) => ({ path: name, bytes: Number(metadata.size ?? 0) }));
    },

    async delete(path, only) {
      const found = await file(path);
      if (only === undefined) await found.delete({ ignoreNotFound: true });
      else await deleteIfStill(found, only.sha256);
    },
  };
}

/**
 * Replaces only the object that was there at the beginning: a function that was held up must not
 * put its file over that of a later attempt. The hash is known only after the last byte, so it is
 * added afterwards; an object without it is one whose writer died.
 */
async function write(
  file: File,
  source: Readable,
  options: WriteOptions,
  access: PublicAccess,
): Promise<StoredObject> {
  const { contentType, maxBytes, metadata, replaces } = options;
  if (!mediaTypes.includes(contentType)) throw new Error("no file is served as what it was said to be");
  // The source may fail before anybody reads it. Without a listener that would end the process; the
  // stream keeps the error and reports it to its reader.
  source.on("error", () => undefined);
  try {
    const before = await metadataOf(file);
    if (replaces !== undefined && hashOf(file, before) !== replaces?.sha256) {
      throw new ObjectReplacedError(file.name);
    }
    const sessionUrl = await openSession(file, before?.generation ?? 0, options, access);
    const { bytes, sha256, generation } = await uploadStream(sessionUrl, source, { contentType, maxBytes });
    await file.setMetadata({ metadata: { ...metadata, sha256 } }, { ifGenerationMatch: generation });
    return { path: file.name, bytes, sha256, contentType, metadata };
  } catch (error) {
    if (!isPreconditionFailed(error)) throw error;
    await waitUntilWhole(file);
    throw new ObjectReplacedError(file.name, error);
  } finally {
    source.destroy();
  }
}

/** Before any byte is read: what is refused for its list of access alone is opened again without one. */
async function openSession(
  file: File,
  ifGenerationMatch: string | number,
  { contentType, metadata, public: isPublic }: WriteOptions,
  access: PublicAccess,
): Promise<string> {
  const open = async (withAcl: boolean) => {
    const [sessionUrl] = await file.createResumableUpload({
      preconditionOpts: { ifGenerationMatch },
      public: withAcl,
      metadata: {
        contentType,
        cacheControl: isPublic ? "public, max-age=86400" : "private",
        // A file that is a picture and a page at once must not be opened as a page.
        contentDisposition: "attachment",
        metadata: { ...metadata },
      },
    });
    return sessionUrl;
  };
  if (!isPublic || !(await access.takesObjectAcls())) return open(false);
  try {
    return await open(true);
  } catch (error) {
    if (!mayBeAclRefusal(error)) throw error;
    const sessionUrl = await open(false);
    access.objectAclRefused();
    return sessionUrl;
  }
}

/** The hash of an object comes a moment after its bytes; whoever lost to it may want to use it. */
async function waitUntilWhole(file: File): Promise<void> {
  for (let looks = 0; looks < 10; looks += 1) {
    const metadata = await metadataOf(file);
    if (metadata === null || hashOf(file, metadata) !== undefined) return;
    await sleep(200);
  }
}

function isPreconditionFailed(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === 412;
}

/** Names the generation it has read: somebody may replace the object before it is deleted. */
async function deleteIfStill(file: File, sha256: string): Promise<void> {
  const before = await metadataOf(file);
  if (before?.metadata?.sha256 !== sha256 || before.generation === undefined) return;
  try {
    await file.delete({ ignoreNotFound: true, ifGenerationMatch: before.generation });
  } catch (error) {
    if (!isPreconditionFailed(error)) throw error;
  }
}

async function metadataOf(file: File): Promise<FileMetadata | null> {
  try {
    const [metadata] = await file.getMetadata();
    return metadata;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === 404) return null;
    throw error;
  }
}

/** Of a complete object; one whose writer died counts as none. */
function hashOf(file: File, metadata: FileMetadata | null): string | undefined {
  return metadata === null ? undefined : toStoredObject(file.name, metadata)?.sha256;
}

function toStoredObject(path: string, { size, contentType, metadata }: FileMetadata): StoredObject | null {
  const { sha256, ...rest } = metadata ?? {};
  if (typeof sha256 !== "string") return null;
  return {
    path,
    bytes: Number(size),
    sha256,
    contentType: contentType ?? "application/octet-stream",
    metadata: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
  };
}
