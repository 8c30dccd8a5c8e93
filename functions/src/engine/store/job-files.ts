import type { Job } from "../../domain/job/job.js";
import { needsConverter } from "../../domain/output/conversion.js";
import { uidAsSegment } from "../../domain/uid.js";

/** Where the files of a job lie: known from the job alone, so that none of them is ever lost. */
export function jobFiles({ uid, id }: Pick<Job, "uid" | "id">) {
  const base = `videos/${uidAsSegment(uid)}/${id}`;
  return {
    /** What the provider made, and in its place the converted file when all is done. */
    video: `${base}.mp4`,
    animation: `${base}.gif`,
    converting: `${base}.converting.mp4`,
    /** Always this name; the content type says what kind of picture it is. */
    thumbnail: `${base}.jpg`,
    /** Of a segment, for the next one to begin with. */
    lastFrame: `${base}.last.jpg`,
    /** Of a video whose segments could not be joined. */
    playlist: `${base}.json`,
  } as const;
}

export const pictureEndings = ["png", "jpg", "webp"] as const;

/** May anybody who knows its address open the picture that a job makes? */
export function isPublicPicture({ request }: Pick<Job, "request">): boolean {
  return request.kind === "still" && request.imageAccess !== "private";
}

/**
 * Where a picture of a scene lies. A public one anybody may open, so its name cannot be guessed or derived;
 * a private one lies among the videos, which nobody opens without a link.
 */
export function pictureFile(
  { uid, id, pictureToken, request }: Pick<Job, "uid" | "id" | "pictureToken" | "request">,
  ending: (typeof pictureEndings)[number],
) {
  if (!isPublicPicture({ request })) return `videos/${uidAsSegment(uid)}/${id}.picture.${ending}`;
  const name = pictureToken === undefined ? id : `${id}-${pictureToken}`;
  return `images/${uidAsSegment(uid)}/${name}.${ending}`;
}

/** Everything that may be left of a job, for when it is deleted; also under a name that is not given any more. */
export function filesLeftBy(job: Job): string[] {
  const known = [job.output?.path, job.output?.thumbnailPath].filter((path) => path != null);
  return [...new Set([...filesOf(job), ...known])];
}

function filesOf(job: Job): string[] {
  const files = jobFiles(job);
  if (job.request.kind === "still") return pictureEndings.map((ending) => pictureFile(job, ending));
  if (job.partOf !== undefined || job.composition !== undefined) return Object.values(files);
  if (needsConverter(job.request.output)) return Object.values(files);
  if (job.output !== null)
    return [files.video, files.converting, ...(job.output.thumbnailPath === null ? [] : [files.thumbnail])];
  // A file may have been mended when its storer died.
  return job.attempts.some((attempt) => attempt.operation !== null) ? [files.video, files.converting] : [];
}
