import type { Readable } from "node:stream";
import type { Storage } from "firebase-admin/storage";
import type { MediaStore, StoredObject, WriteOptions } from "../../engine/ports.js";
import { uploadStream } from "./object-upload.js";

type Bucket = ReturnType<Storage["bucket"]>;
type File = ReturnType<Bucket["file"]>;
type FileMetadata = File["metadata"];

export interface MediaStoreOptions {
  readonly bucketName: string;
  /** Instead of the bucket of the default app. */
  readonly bucket?: Bucket;
  now(): number;
}

/** Files in Cloud Storage. The client is loaded with the first file. */
export function firebaseMediaStore(options: MediaStoreOptions): MediaStore {
  let opened: Promise<Bucket> | undefined;

  async function file(path: string): Promise<File> {
    opened ??= openBucket(options);
    return (await opened).file(path);
  }

  return {
    write: async (path, source, writeOptions) => write(await file(path), source, writeOptions),

    async stat(path) {
      const metadata = await metadataOf(await file(path));
      return metadata === null ? null : toStoredObject(path, metadata);
    },

    async read(path, offset, length) {
      if (length === 0) return Buffer.alloc(0);
      const [content] = await (await file(path)).download({ start: offset, end: offset + length - 1 });
      return content;
    },

    async signedUrl(path, expiresAt) {
      // Signing measures from the wall clock, whatever clock this installation runs by.
      const expires = Date.now() + (expiresAt - options.now());
      const [url] = await (await file(path)).getSignedUrl({ version: "v4", action: "read", expires });
      return url;
    },

    async delete(path) {
      await (await file(path)).delete({ ignoreNotFound: true });
    },
  };
}

async function openBucket({ bucketName, bucket }: MediaStoreOptions): Promise<Bucket> {
  if (bucket !== undefined) return bucket;
  const { getStorage } = await import("firebase-admin/storage");
  return getStorage().bucket(bucketName);
}

/**
 * Replaces only the object that was there at the beginning: a handler that was held up must not
 * put its file over that of a later attempt. The hash is known when all has passed, so it is added
 * afterwards; an object without it is one whose writer died.
 */
async function write(file: File, source: Readable, options: WriteOptions): Promise<StoredObject> {
  const { contentType, maxBytes, metadata } = options;
  // An error that comes before anybody reads stays with the stream, which reports it then.
  source.on("error", () => undefined);
  try {
    const before = await metadataOf(file);
    const [sessionUrl] = await file.createResumableUpload({
      preconditionOpts: { ifGenerationMatch: before?.generation ?? 0 },
      public: options.public,
      metadata: {
        contentType,
        cacheControl: options.public ? "public, max-age=86400" : "private",
        contentDisposition: "inline",
        metadata: { ...metadata },
      },
    });
    const { bytes, sha256, generation } = await uploadStream(sessionUrl, source, { contentType, maxBytes });
    await file.setMetadata({ metadata: { ...metadata, sha256 } }, { ifGenerationMatch: generation });
    return { path: file.name, bytes, sha256, contentType, metadata };
  } finally {
    source.destroy();
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
