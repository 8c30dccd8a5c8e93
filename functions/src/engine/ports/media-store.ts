import type { Readable } from "node:stream";

/** Another writer was first: the object is not the one that was to be replaced. */
export class ObjectReplacedError extends Error {
  constructor(path: string, cause?: unknown) {
    super(`${path} is another object by now`, { cause });
    this.name = "ObjectReplacedError";
  }
}

export interface MediaStore {
  /**
   * Streams bytes to a path. An object that the same attempt left there is replaced only when it
   * is another attempt's; `attempt` is kept with the object.
   */
  write(path: string, source: Readable, options: WriteOptions): Promise<StoredObject>;
  stat(path: string): Promise<StoredObject | null>;
  /** Random access, so that a check never reads a large file whole. */
  read(path: string, offset: number, length: number): Promise<Buffer>;
  /** A link that opens a private object until then. The same from the same `signedAt`; absent: from now on. */
  signedUrl(path: string, expiresAt: number, signedAt?: number): Promise<string>;
  /**
   * Where anybody can open an object that was written as public; `null` where the store lets nobody in
   * without a link. It is tried out, so the address that is given opens.
   */
  publicUrl(path: string): Promise<string | null>;
  /** Objects whose path begins so, by path, from behind one of them. */
  list(prefix: string, limit: number, after: string | null): Promise<ListedObject[]>;
  /**
   * With `only`, the object is deleted if it is still that one: whoever was held up for minutes must
   * not delete the file of a later attempt.
   */
  delete(path: string, only?: Pick<StoredObject, "sha256">): Promise<void>;
}

/** Also one whose writer died before it was whole. */
export type ListedObject = Pick<StoredObject, "path" | "bytes">;

/** What a stored file may be served as: never a page, a program, or anything that a stranger names. */
export const mediaTypes = [
  "video/mp4",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/webp",
  /** The list of the segments of a video. */
  "application/json",
] as const;
export type MediaType = (typeof mediaTypes)[number];

export interface WriteOptions {
  readonly contentType: MediaType;
  readonly maxBytes: number;
  readonly public: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * The only object that may be replaced, `null` for none: a writer that was held up fails instead of
   * replacing what came in the meantime. Absent: whatever is there when the writing begins.
   */
  readonly replaces?: Pick<StoredObject, "sha256"> | null;
}

export interface StoredObject {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}
