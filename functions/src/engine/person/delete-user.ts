import { returnTrial } from "../../domain/health/circuit.js";
import { isTerminal, isUnresolved, type Job } from "../../domain/job/job.js";
import { afterJobs, afterLedger, afterRecords, type Deletion } from "../../domain/person/deletion.js";
import { uidAsSegment } from "../../domain/uid.js";
import type { Deps } from "../deps.js";
import { apply } from "../outbox.js";
import { filesLeftBy } from "../store/job-files.js";
import { enqueueDeletion } from "./request-deletion.js";

const jobsInStep = 50;
const documentsInStep = 200;
/** Longer than any call takes: until then a start may still be answered. */
const answerMs = 5 * 60_000;

/**
 * Takes the next step of a deletion, a page of it, and has the one after that follow. All of a step may be
 * repeated: what is gone is not found again, and what is written for those who stay has derived ids.
 */
export async function deleteUser(deps: Deps, uid: string): Promise<void> {
  const deletion = await deps.persons.deletion(uid);
  if (deletion === null || deps.now() < deletion.dueAt) return;
  const next = await takeStep(deps, deletion);
  if (next === null) {
    const { pseudonym, removedJobs: jobs, removedFiles: files } = deletion;
    deps.log.info("person.deleted", { pseudonym, jobs, files });
    return;
  }
  const written = await deps.persons.step(deletion, next);
  if (written !== null) await enqueueDeletion(deps, written);
}

/** The deletion as it stands then; `null` when it is over. */
async function takeStep(deps: Deps, deletion: Deletion): Promise<Deletion | null> {
  const { persons } = deps;
  switch (deletion.phase) {
    case "jobs":
      return removeJobs(deps, deletion);
    case "records": {
      await returnTrials(deps);
      const files = await removeFiles(deps, deletion.uid);
      const documents = await persons.removeRecords(deletion, documentsInStep);
      return afterRecords(deletion, files, files + documents === 0, deps.now());
    }
    case "ledger":
      return afterLedger(deletion, await persons.copyLedger(deletion, documentsInStep), deps.now());
    case "account":
      await persons.closeAccount(deletion);
      return null;
  }
}

async function removeJobs(deps: Deps, deletion: Deletion): Promise<Deletion> {
  // First, so that nobody comes back with the account while it is emptied.
  if (deletion.after === null) await deps.signIns.delete(deletion.uid);
  const jobs = await deps.jobs.listAllOf(deletion.uid, jobsInStep, deletion.after);
  let removedJobs = 0;
  let removedFiles = 0;
  for (const { id } of jobs) {
    const removed = await removeJob(deps, deletion, id);
    if (removed === null) continue;
    removedJobs += 1;
    removedFiles += removed;
  }
  const last = jobs.at(-1)?.id ?? null;
  const page = { last, metOpen: removedJobs < jobs.length, removedJobs, removedFiles };
  return afterJobs(deletion, page, deps.now());
}

/** How many files went with the job; `null` when it has to be stopped first, and somebody to answer. */
async function removeJob(deps: Deps, deletion: Deletion, jobId: string): Promise<number | null> {
  // Read again: what happened to an earlier one of the page may have happened to this one.
  const job = await deps.jobs.get(jobId);
  if (job === null) return 0;
  const whole = job.partOf === undefined ? null : await deps.jobs.get(job.partOf.jobId);
  // A whole begins its parts anew when they are gone, and settles what they have cost.
  if (whole !== null && !isSettled(whole)) return null;
  if (!isSettled(job)) {
    await stop(deps, deletion, job);
    return null;
  }
  let files = 0;
  for (const path of filesLeftBy(job)) {
    if ((await deps.media.stat(path)) !== null) files += 1;
    await deps.media.delete(path);
  }
  await deps.persons.removeTraces(deletion, job.id);
  // Last: a job that is there is found again, and with it what names it.
  await deps.jobs.delete(job.id);
  return files;
}

/** A circuit that is half-open names the job that it has let through, for a while after it is gone. */
async function returnTrials(deps: Deps): Promise<void> {
  const { health } = await deps.snapshot(0);
  for (const [key, { trial }] of Object.entries(health.circuits)) {
    if (trial === null || (await deps.jobs.get(trial.owner)) !== null) continue;
    await deps.health.changeCircuit(key, (circuit) => returnTrial(circuit, trial.owner));
  }
}

/** Nothing is owed to anybody, no start is under way, and of each it is known whether it was paid. */
function isSettled(job: Job): boolean {
  const isAwaited = job.attempts.some((attempt) => attempt.state === "starting" || isUnresolved(attempt));
  return isTerminal(job) && job.outbox.length === 0 && job.heldCredits === 0 && !isAwaited;
}

/** By the rules that hold for every cancellation, also for what its owner is charged. */
async function stop(deps: Deps, { by }: Deletion, job: Job): Promise<void> {
  if (!isTerminal(job)) {
    await apply(deps, job.id, { type: "cancel_requested", by: by === "admin" ? "admin" : "owner" });
    return;
  }
  for (const { number, createdAt } of job.attempts.filter(isUnresolved)) {
    if (deps.now() < createdAt + answerMs) continue;
    // Nobody will find out any more: it counts as paid in vain.
    const resolution = { type: "write_off" } as const;
    await apply(deps, job.id, { type: "ambiguity_resolved", attempt: number, resolution });
  }
}

/** Where files of a person may lie, whichever job they are of. */
export function foldersOf(uid: string): string[] {
  return ["videos", "images"].map((kind) => `${kind}/${uidAsSegment(uid)}/`);
}

/** Also those whose job is not known any more. */
async function removeFiles(deps: Deps, uid: string): Promise<number> {
  let removed = 0;
  for (const folder of foldersOf(uid)) {
    for (const { path } of await deps.media.list(folder, documentsInStep, null)) {
      await deps.media.delete(path);
      removed += 1;
    }
  }
  return removed;
}
