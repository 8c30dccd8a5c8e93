import { type StoredPart, storedPart } from "../../domain/job/composite.js";
import type { Attempt, Job } from "../../domain/job/job.js";
import type { GenerationPlan } from "../../domain/provider/provider.js";
import { partNames } from "../../domain/selection/composite-plan.js";
import type { Deps } from "../deps.js";
import type { StoredObject, WriteOptions } from "../ports/media-store.js";
import { storedContent } from "../ports/stored-content.js";
import { jobFiles } from "./job-files.js";

/** Puts the parts together at the place of the whole. They were checked when they were stored. */
export async function assemble(
  deps: Deps,
  whole: Job,
  { composite }: Attempt,
  options: Omit<WriteOptions, "contentType">,
): Promise<StoredObject> {
  const target = { path: jobFiles(whole).video, contentType: "video/mp4", ...options };
  return join(deps, storedVideos(whole, composite), target);
}

/** What the file of the whole is measured against: its parts, which another model may have made after all. */
export function wholePlan(whole: Job, { composite, plan }: Attempt): GenerationPlan {
  const videos = storedVideos(whole, composite);
  const durationSeconds = videos.reduce((sum, { output }) => sum + output.durationSeconds, 0);
  return { ...plan, durationSeconds, shapeFromPicture: true };
}

export function storedVideos(whole: Job, composite: Attempt["composite"]): StoredPart[] {
  if (composite === undefined) throw new Error("the job has no parts");
  const parts = partNames(composite).map((name) => storedPart(whole.composition, name));
  return parts.filter((part) => part !== undefined).filter(({ output }) => output.medium === "video");
}

async function join(
  deps: Deps,
  videos: readonly StoredPart[],
  target: WriteOptions & { readonly path: string },
): Promise<StoredObject> {
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
