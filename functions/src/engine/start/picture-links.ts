import type { Attempt, Job } from "../../domain/job/job.js";
import type { GenerationPlan } from "../../domain/provider/provider.js";
import { pathOfPicture } from "../../domain/request/stored-picture.js";
import type { Deps } from "../deps.js";

/** A provider may queue a generation until the deadline before it fetches the picture. */
const linkMarginMs = 3_600_000;

/**
 * The plan as it is sent: what it names of our own files becomes a link. That is signed as of the claim of
 * the attempt, so that a repeated start has the same body, as its key demands.
 */
export async function withPictureLinks(
  { media }: Pick<Deps, "media">,
  { deadlineAt }: Pick<Job, "deadlineAt">,
  { plan, createdAt }: Pick<Attempt, "plan" | "createdAt">,
): Promise<GenerationPlan> {
  const link = async (address: string) => {
    const path = pathOfPicture(address);
    return path === null ? address : media.signedUrl(path, deadlineAt + linkMarginMs, createdAt);
  };
  const { image, firstFrame, lastFrame, references } = plan;
  return {
    ...plan,
    ...(image === undefined ? {} : { image: await link(image) }),
    ...(firstFrame === undefined ? {} : { firstFrame: await link(firstFrame) }),
    ...(lastFrame === undefined ? {} : { lastFrame: await link(lastFrame) }),
    ...(references === undefined
      ? {}
      : {
          references: await Promise.all(
            references.map(async (reference) => ({ ...reference, url: await link(reference.url) })),
          ),
        }),
  };
}
