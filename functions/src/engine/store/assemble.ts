import { Readable } from "node:stream";
import type { Job, StoredPart } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import type { StoredObject, WriteOptions } from "../ports/media-store.js";
import { storedContent } from "../ports/stored-content.js";
import { jobFiles } from "./job-files.js";
import {
  type FromParts,
  type Stored,
  type StoreFailure,
  type StoreTry,
  toStoreFailure,
} from "./store-try.js";

/** What the length of the whole is measured against: another model than planned may have made its parts. */
export function secondsOf(videos: readonly StoredPart[]): number {
  return videos.reduce((sum, { output }) => sum + output.durationSeconds, 0);
}

/** Puts the parts together at the place of the whole. They were checked when they were stored. */
export async function assemble(
  deps: Deps,
  whole: Job,
  videos: readonly StoredPart[],
  options: Omit<WriteOptions, "contentType">,
): Promise<StoredObject> {
  const target = { path: jobFiles(whole).video, contentType: "video/mp4", ...options } as const;
  const [only, ...others] = videos;
  if (only === undefined) throw new Error("no part is stored");
  if (others.length === 0)
    return deps.media.write(target.path, storedContent(deps.media, only.output), target);
  if (deps.converter === null) throw new Error("the segments were planned with a converter");
  return deps.converter.join(
    videos.map(({ output }) => ({ path: output.path, facts: output })),
    target,
  );
}

/**
 * What is delivered where nobody can join: the segments as they are, and a list that names them in
 * their order. Each is had by a signed URL of its own.
 */
export async function storePlaylist(
  deps: Deps,
  { job, options }: StoreTry,
  { videos }: FromParts,
): Promise<Stored | StoreFailure> {
  try {
    const segments = videos.map(({ name, output }) => ({
      name,
      path: output.path,
      durationSeconds: output.durationSeconds,
      bytes: output.bytes,
      sha256: output.sha256,
    }));
    const durationSeconds = secondsOf(videos);
    const [first] = videos;
    if (first === undefined) throw new Error("no segment is stored");
    const contentType = "application/json";
    const stored = await deps.media.write(
      jobFiles(job).playlist,
      Readable.from([Buffer.from(JSON.stringify({ durationSeconds, segments }))]),
      { ...options, contentType },
    );
    const { path, bytes, sha256 } = stored;
    const { width, height, codec, hasAudio, thumbnailPath } = first.output;
    return {
      ok: true,
      output: {
        medium: "playlist",
        ...{ path, bytes, sha256, contentType },
        ...{ width, height, durationSeconds, codec, hasAudio, thumbnailPath },
      },
      files: [stored],
      leftover: null,
    };
  } catch (error) {
    return toStoreFailure(error);
  }
}
