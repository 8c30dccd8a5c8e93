import { Readable } from "node:stream";
import type { Attempt, Job } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import { storedVideos } from "./assemble.js";
import { writeOptions } from "./fetch-original.js";
import { jobFiles } from "./job-files.js";
import { type StoreFailure, toStoreFailure } from "./store-failure.js";
import type { Stored } from "./store-video.js";

/**
 * What is delivered where nobody can join: the segments as they are, and a list that names them in
 * their order. Each is had by a signed URL of its own.
 */
export async function storePlaylist(
  deps: Deps,
  whole: Job,
  attempt: Attempt,
): Promise<Stored | StoreFailure> {
  try {
    const segments = storedVideos(whole, attempt.composite).map(({ name, output }) => ({
      name,
      path: output.path,
      durationSeconds: output.durationSeconds,
      bytes: output.bytes,
      sha256: output.sha256,
    }));
    const durationSeconds = segments.reduce((sum, segment) => sum + segment.durationSeconds, 0);
    const [first] = storedVideos(whole, attempt.composite);
    if (first === undefined) throw new Error("no segment is stored");
    const contentType = "application/json";
    const stored = await deps.media.write(
      jobFiles(whole).playlist,
      Readable.from([Buffer.from(JSON.stringify({ durationSeconds, segments }))]),
      { ...(await writeOptions(deps, whole, attempt)), contentType },
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
