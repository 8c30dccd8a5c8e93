import { reasonOf } from "../../domain/errors.js";
import type { Job, Output } from "../../domain/job/job.js";
import { partNames } from "../../domain/selection/composite-plan.js";
import type { Deps } from "../deps.js";
import type { StoredVideo } from "../ports/converter.js";
import { jobFiles } from "./job-files.js";

const maxBytes = 20 * 1024 * 1024;

/** The path of a segment's last frame, which is taken from the segment when it is not there yet. */
export async function lastFrameOf(
  deps: Deps,
  { uid, id }: Pick<Job, "uid" | "id">,
  segment: StoredVideo,
): Promise<string> {
  const path = jobFiles({ uid, id }).lastFrame;
  if ((await deps.media.stat(path)) !== null) return path;
  if (deps.converter === null) throw new Error("the segments were planned with a converter");
  const metadata = { jobId: id };
  await deps.converter.lastFrame(segment, {
    path,
    contentType: "image/jpeg",
    maxBytes,
    public: false,
    metadata,
  });
  return path;
}

/**
 * Takes the frame that the next segment begins with while the video is at hand: storing has the memory
 * for it, and advancing the whole has not. The step that begins the next segment takes it if this fails.
 */
export async function keepLastFrame(deps: Deps, part: Job, { path, ...facts }: Output): Promise<void> {
  if (part.partOf === undefined) return;
  try {
    const plan = (await deps.jobs.get(part.partOf.jobId))?.composition?.plan;
    if (plan?.type !== "segments" || !plan.inTurn || partNames(plan).at(-1) === part.partOf.name) return;
    await lastFrameOf(deps, part, { path, facts });
  } catch (error) {
    deps.log.warn("job.last_frame_late", { jobId: part.id, reason: reasonOf(error) });
  }
}
