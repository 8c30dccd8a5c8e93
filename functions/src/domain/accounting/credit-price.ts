import type { Policy } from "../policy/policy.js";
import type { JobRequest } from "../request/job-request.js";
import { requestedSeconds } from "../request/request.js";

/** Speech may run longer than its script suggests; this much is held on top. */
const scriptMargin = 1.5;

/** Credits to hold for a request: the most that what it makes can cost. */
export function creditsToHold(request: JobRequest, policy: Policy): number {
  if (request.kind === "still") return creditsForImage(request, policy);
  if (request.kind === "scene") {
    return creditsForImage(request, policy) + creditsFor(request, request.durationSeconds, policy);
  }
  const seconds = requestedSeconds(request);
  return creditsFor(request, request.kind === "avatar" ? seconds * scriptMargin : seconds, policy);
}

/** Credits for a finished video: what was asked for, or less when the file is shorter. */
export function creditsToCapture(
  request: JobRequest,
  deliveredSeconds: number,
  held: number,
  policy: Policy,
): number {
  if (request.kind === "still") return Math.min(held, creditsForImage(request, policy));
  const seconds =
    request.kind === "avatar" ? deliveredSeconds : Math.min(deliveredSeconds, request.durationSeconds);
  return Math.min(held, creditsFor(request, seconds, policy));
}

/** A picture has a price of its own, whatever its size. */
export function creditsForImage({ quality }: Pick<JobRequest, "quality">, policy: Policy): number {
  return policy.credits.perImage[quality];
}

function creditsFor(request: JobRequest, seconds: number, policy: Policy): number {
  // A clip of 5.04 s is a clip of 5 s: codecs round to whole frames.
  return Math.ceil(Math.round(seconds * 10) / 10) * policy.credits.perSecond[request.quality];
}
