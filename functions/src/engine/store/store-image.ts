import { Readable } from "node:stream";
import type { Job, Output } from "../../domain/job/job.js";
import { pictureMismatch } from "../../domain/output/check.js";
import type { Deps } from "../deps.js";
import type { StoredObject } from "../ports/media-store.js";
import { isPublicPicture, pictureEndings, pictureFile } from "./job-files.js";
import {
  type FromAttempt,
  isAwaited,
  notAwaited,
  optionsOf,
  readFinished,
  refusedFile,
  type Stored,
  type StoreFailure,
  type StoreTry,
  storeFailure,
  toStoreFailure,
} from "./store-try.js";

const maxBytes = 50 * 1024 * 1024;
/** Enough to tell a PNG, JPEG or WebP by. */
const signatureBytes = 12;

/**
 * Makes a picture ours: fetches it, checks it, and puts it where a provider can begin a video with it:
 * anybody who knows the name of a public one can open it, a private one needs a link, and so do all where
 * the bucket lets nobody in. Vendors' words for its kind are not relied on.
 */
export async function storeImage(
  deps: Deps,
  current: StoreTry,
  source: FromAttempt,
): Promise<Stored | StoreFailure> {
  try {
    const found = await foundPictures(deps, current.job);
    const kept = found.find(({ metadata }) => metadata.generation === current.generation);
    if (kept === undefined && !(await isAwaited(deps, current))) return notAwaited;
    const stored = kept ?? (await fetchPicture(deps, current, source, found));
    if ("ok" in stored) return stored;
    const facts = await deps.inspector.picture(stored.path);
    const { pixelTolerance } = (await deps.snapshot()).policy.output;
    const problem =
      facts === null
        ? "corrupt: no whole picture"
        : pictureMismatch(facts, source.attempt.plan, pixelTolerance);
    if (facts === null || problem !== null) {
      await deps.media.delete(stored.path, stored);
      return refusedFile(stored, `picture: ${problem}`);
    }
    const { path, bytes, sha256, contentType } = stored;
    const publicUrl = isPublicPicture(current.job) ? await deps.media.publicUrl(path) : null;
    const output: Output = {
      medium: "image",
      ...{ path, bytes, sha256, contentType, width: facts.width, height: facts.height },
      durationSeconds: 0,
      codec: contentType.replace("image/", ""),
      hasAudio: false,
      thumbnailPath: null,
      ...(publicUrl === null ? {} : { publicUrl }),
    };
    return { ok: true, output, files: [stored], leftover: null };
  } catch (error) {
    return toStoreFailure(error);
  }
}

/** What earlier tries left complete: the provider's copy may be gone by now. */
async function foundPictures(deps: Deps, job: Job): Promise<StoredObject[]> {
  const stored = await Promise.all(pictureEndings.map((ending) => deps.media.stat(pictureFile(job, ending))));
  return stored.filter((picture) => picture !== null);
}

async function fetchPicture(
  deps: Deps,
  current: StoreTry,
  source: FromAttempt,
  found: readonly StoredObject[],
): Promise<StoredObject | StoreFailure> {
  const { job } = current;
  const status = await readFinished(deps, job, source);
  if ("ok" in status) return status;
  const download = await deps.downloads.open(status.outputUrl, source.provider.outputHosts);
  const picture = await beginning(download.stream);
  const ending = endingOf(picture.start);
  if (ending === null) {
    download.stream.destroy();
    return storeFailure("bad_output", "doubtful_file", "picture: no PNG, JPEG or WebP");
  }
  const contentType = ending === "jpg" ? "image/jpeg" : (`image/${ending}` as const);
  const path = pictureFile(job, ending);
  const replaces = found.find((picture) => picture.path === path) ?? null;
  const all = Readable.from(picture.all(), { objectMode: false });
  return deps.media.write(path, all, {
    ...optionsOf(current, download),
    ...{ maxBytes, public: isPublicPicture(job), contentType, replaces },
  });
}

/** Looks at the first bytes and gives all of them on. */
async function beginning(stream: Readable) {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let start = Buffer.alloc(0);
  while (start.length < signatureBytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  async function* all() {
    yield start;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  }
  return { start, all };
}

function endingOf(start: Buffer): (typeof pictureEndings)[number] | null {
  if (start.toString("latin1", 0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (start.length > 2 && start.readUInt16BE(0) === 0xffd8) return "jpg";
  const isWebp = start.toString("latin1", 0, 4) === "RIFF" && start.toString("latin1", 8, 12) === "WEBP";
  return isWebp ? "webp" : null;
}
