import { askedOf, mismatch, wrongLength } from "../../domain/output/check.js";
import type { Deps } from "../deps.js";
import type { StoredVideo } from "../ports/converter.js";
import { DownloadError } from "../ports/downloads.js";
import type { StoredObject } from "../ports/media-store.js";
import { assemble, secondsOf } from "./assemble.js";
import { jobFiles } from "./job-files.js";
import { inspectOrMend } from "./mend-file.js";
import {
  type FromAttempt,
  isAwaited,
  notAwaited,
  optionsOf,
  readFinished,
  refusedFile,
  type StoreFailure,
  type StoreTry,
  type Succeeded,
  storeFailure,
  toStoreFailure,
  writeOrTake,
} from "./store-try.js";

/** The provider's file in our bucket, found to be what was asked for. */
export interface CheckedFile extends StoredVideo {
  readonly ok: true;
  readonly stored: StoredObject;
}

export interface Original extends CheckedFile {
  /** `null`: an earlier try had fetched the file, and the provider was not asked again. */
  readonly status: Succeeded | null;
}

/**
 * Makes the provider's file ours, or puts the parts together in its place. What an earlier try of the
 * same generation left complete is used again: the provider's copy may be gone by now.
 */
export async function fetchOriginal(deps: Deps, current: StoreTry): Promise<Original | StoreFailure> {
  const { job, source, options, generation } = current;
  try {
    const found = await deps.media.stat(jobFiles(job).video);
    if (found?.metadata.generation === generation) return await check(deps, current, found, null);
    if (!(await isAwaited(deps, current))) return notAwaited;
    if (source.attempt === null) {
      const { videos } = source;
      const joined = await writeOrTake(deps, jobFiles(job).video, generation, () =>
        assemble(deps, job, videos, { ...options, replaces: found }),
      );
      return await check(deps, current, joined, null);
    }
    const status = await readFinished(deps, job, source);
    if ("ok" in status) return status;
    const stored = await writeOrTake(deps, jobFiles(job).video, generation, () =>
      copyToBucket(deps, current, source, status.outputUrl, found),
    );
    return await check(deps, current, stored, status);
  } catch (error) {
    return toStoreFailure(error);
  }
}

async function check(
  deps: Deps,
  current: StoreTry,
  fetched: StoredObject,
  status: Original["status"],
): Promise<Original | StoreFailure> {
  const { path } = fetched;
  const { policy } = await deps.snapshot();
  const { stored, inspection } = await inspectOrMend(deps, current, fetched);
  const { job, source } = current;
  const problem = !inspection.ok
    ? inspection.detail
    : source.attempt === null
      ? wrongLength(inspection.facts, secondsOf(source.videos))
      : mismatch(
          inspection.facts,
          source.attempt.plan,
          policy.output.pixelTolerance,
          askedOf(job.request, policy),
        );
  if (inspection.ok && problem === null) return { ok: true, path, stored, facts: inspection.facts, status };
  await deps.media.delete(path, stored);
  const reason = `${inspection.ok ? "mismatch" : inspection.defect}: ${problem}`;
  // What we have put together of the same parts would be the same again.
  return source.attempt === null
    ? storeFailure("bad_output", "bad_file", reason)
    : refusedFile(fetched, reason);
}

async function copyToBucket(
  deps: Deps,
  current: StoreTry,
  { provider }: FromAttempt,
  url: string,
  replaces: StoredObject | null,
): Promise<StoredObject> {
  const { job, options } = current;
  const download = await deps.downloads.open(url, provider.outputHosts);
  if (download.bytes !== null && download.bytes > options.maxBytes) {
    download.stream.destroy();
    throw new DownloadError("too_large", `${download.bytes} bytes are announced`);
  }
  return deps.media.write(jobFiles(job).video, download.stream, {
    ...optionsOf(current, download),
    contentType: "video/mp4",
    replaces,
  });
}
