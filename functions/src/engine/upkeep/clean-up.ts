import { partId, partNames } from "../../domain/job/composite.js";
import type { Job } from "../../domain/job/job.js";
import type { Deps } from "../deps.js";
import { filesLeftBy } from "../store/job-files.js";

export interface CleanUpReport {
  readonly dryRun: boolean;
  readonly jobs: readonly string[];
  /** Videos among them. */
  readonly files: number;
  readonly batches: readonly string[];
}

const batchSize = 200;

/**
 * Deletes jobs and batches that ended before a time, with their files. Ledger lines stay: money is
 * not tidied away. Jobs that are still open are never touched, however old.
 */
export async function cleanUp(
  deps: Deps,
  options: { olderThanDays: number; dryRun: boolean },
): Promise<CleanUpReport> {
  const before = deps.now() - options.olderThanDays * 86_400_000;
  const old = await deps.jobs.listEnded(before, batchSize);
  const jobs: string[] = [];
  const removed = new Set<string>();
  let files = 0;
  for (const job of old) {
    if (removed.has(job.id) || job.outbox.length > 0 || (await isStillUsed(deps, job))) continue;
    jobs.push(job.id);
    if (job.output !== null) files += 1;
    if (options.dryRun) continue;
    for (const name of partsOf(job)) {
      const part = await deps.jobs.get(partId(job.id, name));
      if (part === null) continue;
      await remove(deps, part);
      removed.add(part.id);
    }
    await remove(deps, job);
  }
  const { dryRun } = options;
  const batches = (await deps.batches.listEnded(before, batchSize)).map(({ id }) => id);
  for (const id of dryRun ? [] : batches) await deps.batches.delete(id);
  deps.log.info("clean_up.done", { dryRun, jobs: jobs.length, files, batches: batches.length });
  return { dryRun, jobs, files, batches };
}

/** The files first: a job without its files can be found again, a file without its job cannot. */
async function remove(deps: Deps, job: Job): Promise<void> {
  for (const path of filesLeftBy(job)) await deps.media.delete(path);
  await deps.jobs.delete(job.id);
}

/** A part goes with its whole, and a whole after the later tries that took over its parts. */
async function isStillUsed(deps: Deps, { partOf, composition, redrives = [] }: Job): Promise<boolean> {
  const users = [
    ...(partOf === undefined ? [] : [partOf.jobId]),
    ...(composition === undefined ? [] : redrives),
  ];
  const found = await Promise.all(users.map((jobId) => deps.jobs.get(jobId)));
  return found.some((user) => user !== null);
}

function partsOf({ attempts }: Job): string[] {
  return attempts.flatMap(({ composite }) => (composite === undefined ? [] : partNames(composite)));
}
