import { randomUUID } from "node:crypto";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type IncomingFile, openIncomingFile } from "./incoming-file.js";
import {
  bucketDirectory,
  bytesFileName,
  prepareIncoming,
  readDescriptions,
  removeDescription,
  writeDescription,
} from "./object-files.js";
import { checkPreconditions, type Preconditions } from "./preconditions.js";
import { StorageError } from "./storage-error.js";
import type { Described, StoredObject } from "./stored-object.js";

/** Objects on disk with their descriptions in memory. Buckets come into being on first use. */
export type ObjectStore = Awaited<ReturnType<typeof openObjectStore>>;

export interface NewObject extends Described {
  readonly bucket: string;
  readonly name: string;
  readonly size: number;
  readonly md5Hash: string;
  readonly crc32c: string;
}

export async function openObjectStore(directory: string, now: () => number) {
  const incoming = await prepareIncoming(directory);
  const objects = new Map<string, StoredObject>();
  let lastGeneration = 0;
  for (const object of readDescriptions(directory)) {
    objects.set(keyOf(object.bucket, object.name), object);
    lastGeneration = Math.max(lastGeneration, object.generation);
  }

  function find(bucket: string, name: string): StoredObject | undefined {
    return objects.get(keyOf(bucket, name));
  }

  function get(bucket: string, name: string): StoredObject {
    const object = find(bucket, name);
    if (object === undefined) throw new StorageError("notFound", `No such object: ${bucket}/${name}`);
    return object;
  }

  function pathOf(object: Pick<StoredObject, "bucket" | "file">): string {
    return join(bucketDirectory(directory, object.bucket), object.file);
  }

  /** Puts a complete file in place. The old bytes stay readable for whoever has them open. */
  async function commit(path: string, created: NewObject, conditions: Preconditions): Promise<StoredObject> {
    checkNames(created.bucket, created.name);
    lastGeneration = Math.max(lastGeneration + 1, now() * 1_000);
    const generation = lastGeneration;
    const file = bytesFileName(created.name, generation);
    const target = pathOf({ bucket: created.bucket, file });
    await mkdir(dirname(target), { recursive: true });
    await rename(path, target);
    const before = find(created.bucket, created.name);
    try {
      checkPreconditions(before, conditions);
    } catch (error) {
      await rm(target, { force: true });
      throw error;
    }
    const time = new Date(now()).toISOString();
    const object = { ...created, generation, metageneration: 1, file, timeCreated: time, updated: time };
    writeDescription(directory, object);
    objects.set(keyOf(object.bucket, object.name), object);
    if (before !== undefined) await rm(pathOf(before), { force: true });
    return object;
  }

  return {
    find,
    get,
    commit,
    openIncoming: (): Promise<IncomingFile> => openIncomingFile(incoming),
    pathOf,

    /** Names in the order of their UTF-8 bytes, as Cloud Storage lists them. */
    list: (bucket: string): StoredObject[] =>
      [...objects.values()]
        .filter((object) => object.bucket === bucket)
        .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))),

    update(before: StoredObject, described: Described): StoredObject {
      const object = {
        ...before,
        ...described,
        metageneration: before.metageneration + 1,
        updated: new Date(now()).toISOString(),
      };
      writeDescription(directory, object);
      objects.set(keyOf(object.bucket, object.name), object);
      return object;
    },

    async copy(
      source: StoredObject,
      target: Described & { readonly bucket: string; readonly name: string },
      conditions: Preconditions,
    ): Promise<StoredObject> {
      const { size, md5Hash, crc32c } = source;
      const path = join(incoming, `${randomUUID()}.copy`);
      await copyFile(pathOf(source), path);
      return commit(path, { ...target, size, md5Hash, crc32c }, conditions);
    },

    async remove(bucket: string, name: string, conditions: Preconditions): Promise<void> {
      const object = get(bucket, name);
      checkPreconditions(object, conditions);
      objects.delete(keyOf(bucket, name));
      removeDescription(directory, object);
      await rm(pathOf(object), { force: true });
    },
  };
}

function keyOf(bucket: string, name: string): string {
  return `${bucket}/${name}`;
}

/** The limits of the real service; the first also keeps a bucket inside its directory. */
function checkNames(bucket: string, name: string): void {
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(bucket)) {
    throw new StorageError("invalid", `Invalid bucket name: '${bucket}'`);
  }
  const bytes = Buffer.byteLength(name);
  if (bytes < 1 || bytes > 1_024 || name === "." || name === ".." || /[\r\n]/.test(name)) {
    throw new StorageError("invalid", "an object name has 1-1024 bytes and no line breaks");
  }
}
