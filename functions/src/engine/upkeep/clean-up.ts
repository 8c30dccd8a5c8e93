import { partId } from "../../domain/job/composition.js";
import { isTerminal, isUnresolved, type Job } from "../../domain/job/job.js";
import { partNames } from "../../domain/selection/composite-plan.js";
import type { Deps } from "../deps.js";
import type { EndedCursor } from "../ports/job-store.js";
import { filesLeftBy } from "../store/job-files.js";

export interface CleanUpReport {
  readonly dryRun: boolean;
  readonly jobs: readonly string[];
  /** Videos among them. */
  readonly files: number;
  readonly batches: readonly string[];
}

const pageSize = 200;

/**
 * Deletes jobs and batches that ended before a time, with their files. Ledger lines stay: money is
 * not tidied away, and neither is a job of which something is still owed or not known. May be
 * interrupted: the next run goes on.
 */
export async function cleanUp(
  deps: Deps,
  options: { olderThanDays: number; dryRun: boolean },
): Promise<CleanUpReport> {
  const { dryRun } = options;
  const before = deps.now() - options.olderThanDays * 86_400_000;
  const jobs: string[] = [];
  const removed = new Set<string>();
  let files = 0;
  for await (const job of oldestFirst((after) => deps.jobs.listEnded(before, pageSize, after))) {
    if (removed.has(job.id)) continue;
    const parts = await partsOf(deps, job);
    if (![job, ...parts].every(isDone) || (await isStillUsed(deps, job))) continue;
    jobs.push(job.id);
    if (job.output !== null) files += 1;
    if (dryRun) continue;
    for (const part of parts) {
      await remove(deps, part);
      removed.add(part.id);
    }
    await remove(deps, job);
  }
  const batches: string[] = [];
  for await (const { id } of oldestFirst((after) => deps.batches.listEnded(before, pageSize, after))) {
    if (!dryRun) await deps.batches.delete(id);
    batches.push(id);
  }
  deps.log.info("clean_up.done", { dryRun, jobs: jobs.length, files, batches: batches.length });
  return { dryRun, jobs, files, batches };
}

/** Page after page from where the last one ended, so that nothing that is kept stands in the way. */
async function* oldestFirst<Item extends { readonly id: string; readonly endedAt: number | null }>(
  list: (after: EndedCursor | null) => Promise<readonly Item[]>,
): AsyncGenerator<Item> {
  let after: EndedCursor | null = null;
  for (;;) {
    const page: readonly Item[] = await list(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || last.endedAt === null || page.length < pageSize) return;
    after = { endedAt: last.endedAt, id: last.id };
  }
}

/** Nothing is owed, nothing may still come, and of every start it is known whether it was paid. */
function isDone(job: Job): boolean {
  return isTerminal(job) && job.checkAt === null && !job.attempts.some(isUnresolved);
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

/** Those of this try; what it took over of an earlier one goes with that. */
async function partsOf(deps: Deps, { id, composition }: Job): Promise<Job[]> {
  const names = composition?.plan === undefined ? [] : partNames(composition.plan);
  const parts = await Promise.all(names.map((name) => deps.jobs.get(partId(id, name))));
  return parts.filter((part) => part !== null);
}
