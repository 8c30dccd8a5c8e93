import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CRC32C } from "@google-cloud/storage";
import { sha256 } from "../../../src/domain/hash.js";
import { checkPreconditions, type Preconditions, StorageError } from "./storage-error.js";
import { type Described, type StoredObject, storedObjectSchema } from "./stored-object.js";

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

/**
 * The layout on disk: `<directory>/<bucket>/<hash>-<generation>-<name>` are the bytes, openable with
 * any player, and `<hash>.json` describes them. The hash stands for the whole object name, which
 * may hold slashes and be longer than a file name. The description is written last, so a crash
 * leaves the old object or the new one, never a mixture.
 */
function bytesFileName(name: string, generation: number): string {
  const readable = basename(name)
    .replace(/[^A-Za-z0-9._-]/g, "_")
    .slice(-80);
  return `${hashOf(name)}-${generation}-${readable}`;
}

function hashOf(name: string): string {
  return sha256(name).slice(0, 32);
}

function bucketDirectory(directory: string, bucket: string): string {
  return join(directory, bucket);
}

/** Where uploads stand until they are complete; what an earlier run left there is of no use. */
async function prepareIncoming(directory: string): Promise<string> {
  const incoming = join(directory, ".incoming");
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  return incoming;
}

function descriptionPath(directory: string, object: StoredObject): string {
  return join(bucketDirectory(directory, object.bucket), `${hashOf(object.name)}.json`);
}

/** Synchronous on purpose: a precondition that was just checked must still hold. */
function writeDescription(directory: string, object: StoredObject): void {
  const path = descriptionPath(directory, object);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(object, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}

/** Synchronous as well: an upload of the same name must not lose its description to this. */
function removeDescription(directory: string, object: StoredObject): void {
  rmSync(descriptionPath(directory, object), { force: true });
}

/** Every object that earlier runs left. */
function readDescriptions(directory: string): StoredObject[] {
  const folders = readdirSync(directory, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== ".incoming",
  );
  return folders.flatMap(({ name }) => {
    const folder = join(directory, name);
    const files = readdirSync(folder).filter((file) => /^[0-9a-f]{32}\.json$/.test(file));
    return files.map((file) => readDescription(join(folder, file)));
  });
}

function readDescription(path: string): StoredObject {
  try {
    return storedObjectSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new Error(`${path} does not describe a stored object; remove it to start`, { cause });
  }
}

/** Bytes of an upload on their way to disk, hashed as they pass; memory holds one chunk. */
export interface IncomingFile {
  readonly path: string;
  size(): number;
  write(chunk: Buffer): Promise<void>;
  /** Closes the file. The caller moves it or discards it. */
  finish(): Promise<{ size: number; md5Hash: string; crc32c: string }>;
  discard(): Promise<void>;
}

async function openIncomingFile(directory: string): Promise<IncomingFile> {
  const path = join(directory, `${randomUUID()}.part`);
  const file = await open(path, "wx");
  const md5 = createHash("md5");
  const crc32c = new CRC32C();
  let size = 0;
  return {
    path,
    size: () => size,
    async write(chunk) {
      await file.writeFile(chunk);
      md5.update(chunk);
      crc32c.update(chunk);
      size += chunk.byteLength;
    },
    async finish() {
      await file.close();
      return { size, md5Hash: md5.digest("base64"), crc32c: crc32c.toString() };
    },
    async discard() {
      await file.close().catch(() => {});
      await rm(path, { force: true });
    },
  };
}
