import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { sha256 } from "../../../../src/domain/hash.js";
import { type StoredObject, storedObjectSchema } from "./stored-object.js";

/**
 * The layout on disk: `<directory>/<bucket>/<hash>-<generation>-<name>` are the bytes, openable with
 * any player, and `<hash>.json` describes them. The hash stands for the whole object name, which
 * may hold slashes and be longer than a file name. The description is written last, so a crash
 * leaves the old object or the new one, never a mixture.
 */
export function bytesFileName(name: string, generation: number): string {
  const readable = basename(name)
    .replace(/[^A-Za-z0-9._-]/g, "_")
    .slice(-80);
  return `${hashOf(name)}-${generation}-${readable}`;
}

function hashOf(name: string): string {
  return sha256(name).slice(0, 32);
}

export function bucketDirectory(directory: string, bucket: string): string {
  return join(directory, bucket);
}

/** Where uploads stand until they are complete; what an earlier run left there is of no use. */
export async function prepareIncoming(directory: string): Promise<string> {
  const incoming = join(directory, ".incoming");
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  return incoming;
}

function descriptionPath(directory: string, object: StoredObject): string {
  return join(bucketDirectory(directory, object.bucket), `${hashOf(object.name)}.json`);
}

/** Synchronous on purpose: a precondition that was just checked must still hold. */
export function writeDescription(directory: string, object: StoredObject): void {
  const path = descriptionPath(directory, object);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(object, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}

/** Synchronous as well: an upload of the same name must not lose its description to this. */
export function removeDescription(directory: string, object: StoredObject): void {
  rmSync(descriptionPath(directory, object), { force: true });
}

/** Every object that earlier runs left. */
export function readDescriptions(directory: string): StoredObject[] {
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
