import type { JobEvent } from "../domain/job/event.js";
import type { Job } from "../domain/job/job.js";
import { commit } from "./commit.js";
import { deliver } from "./deliver.js";
import type { Deps } from "./deps.js";

/** Commits an event and then does what the new state asks for. */
export async function apply(deps: Deps, jobId: string, event: JobEvent): Promise<Job | null> {
  const job = await commit(deps, jobId, event);
  if (job !== null) await deliver(deps, job);
  return job;
}
