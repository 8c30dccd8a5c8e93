import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { MediaStore } from "../../engine/ports/media-store.js";
import { storedContent } from "../../engine/ports/stored-content.js";

/** A directory in `parent` for the time of one `use`, removed whatever happens in it. */
export async function withWorkDirectory<Result>(
  parent: string,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(parent, "reelay-convert-"));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Copies a stored file to a local one. */
export async function copyToLocal(media: MediaStore, path: string, localPath: string): Promise<void> {
  const stored = await media.stat(path);
  if (stored === null) throw new Error(`there is no complete file at ${path}`);
  await pipeline(storedContent(media, stored), createWriteStream(localPath));
}
