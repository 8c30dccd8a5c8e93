import { isUnresolved, type Job } from "../../domain/job/job.js";
import { partsOf } from "../composite/parts.js";
import type { Deps } from "../deps.js";

/**
 * Starts that were never answered and that another try would send again: of the job, and of those of
 * its parts that are not stored. As an administrator names them, `{jobId}/{attempt}`.
 */
export async function unresolvedStarts(deps: Deps, job: Job): Promise<string[]> {
  const parts = await partsOf(deps, job);
  const lost = parts.flatMap((part) => (part.stored === null ? (part.job ?? []) : []));
  return [job, ...lost].flatMap(({ id, attempts }) =>
    attempts.filter(isUnresolved).map(({ number }) => `${id}/${number}`),
  );
}
