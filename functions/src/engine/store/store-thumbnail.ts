import { reasonOf } from "../../domain/errors.js";
import type { Deps } from "../deps.js";
import type { ConversionTarget } from "../ports/converter.js";
import type { StoredObject } from "../ports/media-store.js";
import type { Original } from "./fetch-original.js";
import { jobFiles } from "./job-files.js";
import { type FromAttempt, type StoreTry, writeOrTake } from "./store-try.js";

const maxBytes = 10 * 1024 * 1024;
const pictureTypes = ["image/jpeg", "image/png", "image/webp"] as const;
/** The video is there: its owner does not wait long for a picture of it. */
const totalTimeoutMs = 15_000;

/**
 * Puts a picture beside the video: the provider's own, or else one that the converter takes from the
 * video. Never fails the job: a video without a picture is still what was asked for.
 */
export async function storeThumbnail(
  deps: Deps,
  { job, source, options, generation }: StoreTry,
  original: Original,
): Promise<StoredObject | null> {
  const target = { path: jobFiles(job).thumbnail, contentType: "image/jpeg", ...options, maxBytes } as const;
  const makers = [
    async () => (source.attempt === null ? null : copyProvidersOwn(deps, source, original, target)),
    () => takeFromVideo(deps, original, target),
  ];
  for (const make of makers) {
    try {
      const stored = await writeOrTake(deps, target.path, generation, make);
      if (stored === null) continue;
      const picture = await deps.inspector.picture(stored.path);
      if (picture?.contentType === stored.contentType) return stored;
      await deps.media.delete(stored.path, stored);
    } catch (error) {
      const provider = source.attempt?.provider;
      deps.log.info("thumbnail.failed", { jobId: job.id, provider, reason: reasonOf(error) });
    }
  }
  return null;
}

async function copyProvidersOwn(
  deps: Deps,
  { attempt: { operation }, provider }: FromAttempt,
  original: Original,
  target: ConversionTarget,
): Promise<StoredObject | null> {
  const status = original.status ?? (operation === null ? null : await provider.status(operation));
  if (status?.status !== "succeeded" || status.thumbnailUrl === undefined) return null;
  const download = await deps.downloads.open(status.thumbnailUrl, provider.outputHosts, { totalTimeoutMs });
  const said = download.contentType.split(";")[0]?.trim().toLowerCase();
  const contentType = pictureTypes.find((type) => type === said);
  if (contentType !== undefined) {
    return deps.media.write(target.path, download.stream, { ...target, contentType });
  }
  download.stream.destroy();
  return null;
}

async function takeFromVideo(
  { converter }: Deps,
  original: Original,
  target: ConversionTarget,
): Promise<StoredObject | null> {
  return converter?.capabilities.has("thumbnail") === true ? converter.thumbnail(original, target) : null;
}
