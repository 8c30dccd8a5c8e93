import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

const prefix = "reelay-convert-";
/** Nothing is converted for so long: a folder that was not touched since belongs to nobody. */
const abandonedAfterMs = 24 * 3_600_000;

/** Folders that this process works in. */
const inUse = new Set<string>();

/** Which machine and process a folder belongs to, from its name. */
const host = hostname().replace(/[^A-Za-z0-9]/g, "_");
const namePattern = new RegExp(`^${prefix}([A-Za-z0-9_]+)-(\\d+)-[0-9a-f-]{36}$`);

/** A directory in `parent` for the time of one `use`, removed whatever happens in it. */
export async function withWorkDirectory<Result>(
  parent: string,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  await sweepWorkDirectories(parent);
  const name = `${prefix}${host}-${process.pid}-${randomUUID()}`;
  const directory = join(parent, name);
  inUse.add(name);
  try {
    await mkdir(directory, { mode: 0o700 });
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
    inUse.delete(name);
  }
}

/**
 * Removes what killed processes left: on Cloud Functions their files are memory. What a living process
 * works in stays, also one of another machine or container that shares the directory.
 */
export async function sweepWorkDirectories(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((name) => name.startsWith(prefix))) {
    const path = join(parent, name);
    // Whoever may not remove it is not its owner; and another sweep may have been faster.
    if (await isAbandoned(name, path))
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isAbandoned(name: string, path: string): Promise<boolean> {
  if (inUse.has(name)) return false;
  const [, owner, pid] = namePattern.exec(name) ?? [];
  // A process id comes again, in a container even at once: the folder of a predecessor has ours.
  if (owner === host && (Number(pid) === process.pid || !isAlive(Number(pid)))) return true;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
  return Date.now() - mtimeMs > abandonedAfterMs;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
