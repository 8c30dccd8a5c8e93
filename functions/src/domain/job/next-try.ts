import { hashId } from "../hash.js";
import type { Policy } from "../policy/policy.js";
import { batchJobId, nextPlace, takingPlace } from "./batch-place.js";
import type { Job } from "./job.js";
import { type Caller, keepingParts, newJob } from "./new-job.js";

/**
 * The next try of a job that ended in vain: the same request with a hold and a deadline of its own.
 * It takes over what is stored and the place in the batch. Its id follows from the old job alone, so
 * that whoever asks for it, and however often, it is one job.
 */
export function nextTry(previous: Job, caller: Caller, policy: Policy, now: number): Job {
  const fresh = newJob(nextTryId(previous), caller, previous.request, policy, now);
  const kept = keepingParts(fresh, previous.composition, policy);
  return { ...takingPlace(kept, previous), redriveOf: previous.id };
}

function nextTryId(previous: Job): string {
  const place = nextPlace(previous);
  if (place !== null) return batchJobId(place);
  const number = (previous.redrives ?? []).length + 1;
  return hashId(`retry:${previous.id}:${number}`);
}
