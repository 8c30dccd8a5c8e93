import pMap from "p-map";
import { reasonOf } from "../../domain/errors.js";
import { isTerminal, type Job, type NextStep, openStart } from "../../domain/job/job.js";
import { advance } from "../composite/advance.js";
import type { Deps } from "../deps.js";
import { apply, deliver } from "../outbox.js";
import { deleteUser } from "../person/delete-user.js";
import { findLateResults, pollJob } from "../poll/poll-job.js";
import type { DueCursor } from "../ports/job-store.js";
import { startJob } from "../start/start-job.js";
import { storeAgain } from "../tasks.js";
import { readRuns, type TaskWatch, watchTasks } from "./task-watch.js";

const pageSize = 100;
/** Side by side, or a provider that hangs would keep the sweeper from everybody else's jobs. */
const parallel = 16;

/** A step of a deletion that is due for so long has lost its task. */
const lostTaskMs = 120_000;
const deletionsInSweep = 10;

export interface SweepReport {
  readonly looked: number;
  readonly failed: number;
}

/**
 * Looks after every job that should have moved and did not: a crashed start, a lost task, an
 * undelivered effect, a passed deadline. It rebuilds from the documents alone.
 */
export async function sweep(deps: Deps): Promise<SweepReport> {
  const now = deps.now();
  const watch = watchTasks(deps, await readRuns(deps));
  const report = await sweepJobs({ ...deps, queue: watch.queue }, watch, now);
  watch.tell();
  await sweepDeletions(deps, now);
  return report;
}

async function sweepJobs(deps: Deps, watch: TaskWatch, now: number): Promise<SweepReport> {
  let looked = 0;
  let failed = 0;
  let after: DueCursor | null = null;
  for (;;) {
    const due: Job[] = await deps.jobs.listDue(now, pageSize, after);
    const swept = await pMap(due, (job) => isSwept(deps, watch, job, now), { concurrency: parallel });
    looked += due.length;
    failed += swept.filter((isDone) => !isDone).length;
    const last = due.at(-1);
    if (last?.checkAt == null || due.length < pageSize) return { looked, failed };
    after = { checkAt: last.checkAt, jobId: last.id };
  }
}

/** Deletions whose task was lost. They come last and are few: the jobs of others are more urgent. */
async function sweepDeletions(deps: Deps, now: number): Promise<void> {
  try {
    for (const { uid, pseudonym } of await deps.persons.listDue(now - lostTaskMs, deletionsInSweep)) {
      await deleteUser(deps, uid).catch((error: unknown) => {
        deps.log.warn("person.deletion_delayed", { pseudonym, reason: reasonOf(error) });
      });
    }
  } catch (error) {
    deps.log.warn("person.deletions_unread", { reason: reasonOf(error) });
  }
}

/** Tells whether the job could be looked after. */
async function isSwept(deps: Deps, watch: TaskWatch, job: Job, now: number): Promise<boolean> {
  try {
    await sweepJob(deps, watch, job, now);
    return true;
  } catch (error) {
    deps.log.warn("sweep.job_failed", { jobId: job.id, reason: reasonOf(error) });
    return false;
  }
}

async function sweepJob(deps: Deps, watch: TaskWatch, job: Job, now: number): Promise<void> {
  // Before the deadline is looked at: what is paid and finished must not fail for want of being read.
  if (await areLostPollsMade(deps, watch, job, now)) return;
  if (isTerminal(job)) {
    await startJob(deps, job.id);
    if (!(await findLateResults(deps, job))) await deliver(deps, job);
    return;
  }
  if (now >= job.deadlineAt && job.status !== "storing") {
    // What a whole fails of at its deadline only its parts can tell.
    if (job.composition?.plan !== undefined && job.status === "generating") return advance(deps, job.id);
    const ended = await apply(deps, job.id, { type: "deadline_passed" });
    if (ended !== null) return;
  }
  if (job.next !== null && now >= job.next.dueAt) {
    watch.seeStep(job.next, now);
    // Its task may have been used up by a handler that died, and a name cannot be used again for an
    // hour; so the step is taken here. State and lease of the job keep it single.
    if (job.next.step === "advance") await advance(deps, job.id);
    else if (job.next.step === "store") await handOver(deps, job, job.next, now);
    else if (job.status === "queued" || openStart(job) !== undefined) await startJob(deps, job.id);
    return;
  }
  await deliver(deps, job);
}

/** Asks about what no task has asked about. Tells whether anything has changed. */
async function areLostPollsMade(deps: Deps, watch: TaskWatch, job: Job, now: number): Promise<boolean> {
  let hasChanged = false;
  for (const poll of watch.lostPolls(job, now))
    hasChanged = (await pollJob(deps, poll)) !== null || hasChanged;
  return hasChanged;
}

/** A file is stored in a function that has the memory for it: by its task, or by `storeOverdue`. */
async function handOver(deps: Deps, job: Job, next: NextStep, now: number): Promise<void> {
  const { name, task, dueAt } = storeAgain(job, next, now);
  await deps.queue.enqueue(name, task, dueAt);
}
