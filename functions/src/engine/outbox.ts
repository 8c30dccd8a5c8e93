import { itemChanged } from "../domain/batch/batch.js";
import { reasonOf } from "../domain/errors.js";
import { keptUsdMicros } from "../domain/job/cancelling.js";
import { storedPart } from "../domain/job/composition.js";
import type { JobEvent } from "../domain/job/event.js";
import { type Effect, findAttempt, isTerminal, type Job, watchedAttempts } from "../domain/job/job.js";
import { lastPollAt } from "../domain/job/poll.js";
import type { UsdMicros } from "../domain/money.js";
import type { CancelResult } from "../domain/provider/provider.js";
import { commit } from "./commit.js";
import { costOf, type Part, partsOf } from "./composite/parts.js";
import type { Deps } from "./deps.js";
import { filesLeftBy } from "./store/job-files.js";
import { taskName, tasksOf } from "./tasks.js";

/** Commits an event and then does what the new state asks for. */
export async function apply(deps: Deps, jobId: string, event: JobEvent): Promise<Job | null> {
  const job = await commit(deps, jobId, event);
  if (job !== null) await deliver(deps, job);
  return job;
}

/**
 * Does what a committed job asks for: enqueues its tasks, delivers its outbox. Whatever fails here
 * is left to the sweeper, because the job itself is safe: that is why nothing is thrown.
 */
export async function deliver(deps: Deps, job: Job): Promise<void> {
  await Promise.all([
    ...tasksOf(deps, job, deps.now()).map(({ name, task, dueAt }) =>
      attemptTo(deps, job, `enqueue_${task.type}`, () => deps.queue.enqueue(name, task, dueAt)),
    ),
    ...job.outbox.map((effect) => {
      if (effect.type === "stop_parts") return attemptTo(deps, job, effect.type, () => stopParts(deps, job));
      if (effect.type !== "cancel_operation") return null;
      return attemptTo(deps, job, effect.type, () => cancelOperation(deps, job, effect.attempt));
    }),
    tell(deps, job),
  ]);
}

/** All that could be told is ticked off in one commit. */
async function tell(deps: Deps, job: Job): Promise<void> {
  const told: string[] = [];
  await Promise.all(
    job.outbox.map((effect) => {
      const { type } = effect;
      if (type === "cancel_operation" || type === "stop_parts") return null;
      return attemptTo(deps, job, type, async () => {
        await tellOne(deps, job, type);
        told.push(effect.id);
      });
    }),
  );
  if (told.length === 0) return;
  await attemptTo(deps, job, "effects_delivered", async () => {
    await commit(deps, job.id, { type: "effects_delivered", ids: told });
  });
}

function tellOne(
  deps: Deps,
  job: Job,
  what: Exclude<Effect["type"], "cancel_operation" | "stop_parts">,
): Promise<void> {
  switch (what) {
    case "notify":
      return tellOwner(deps, job);
    case "tell_batch":
      return tellBatch(deps, job);
    case "part_ended":
      return enqueueAdvance(deps, job);
  }
}

/** With the end of a job its credits are settled, so what is left can be told in the same message. */
async function tellOwner(deps: Deps, job: Job): Promise<void> {
  const { policy } = await deps.snapshot();
  const { lowBalance } = policy.credits;
  const balance = lowBalance === 0 ? lowBalance : (await deps.credits.account(job.uid)).balance;
  return deps.notifier.jobEnded(job, balance < lowBalance ? balance : null);
}

/**
 * Tells the batch of a job how the job stands: that it runs as a retry, or how it ended. Telling it
 * twice, or after a newer try, changes nothing, so that it may be told until it is known to be told.
 */
async function tellBatch(deps: Deps, job: Job): Promise<void> {
  const { batch: place } = job;
  if (place === undefined) return;
  const batch = await deps.batches.update(place.batchId, (current) => itemChanged(current, job, deps.now()));
  if (batch === null) return;
  const { running, completed, failed, cancelled } = batch.counts;
  deps.log.info("batch.changed", {
    batchId: batch.id,
    key: place.key,
    jobId: job.id,
    item: batch.items[place.key]?.status,
    status: batch.status,
    running,
    completed,
    failed,
    cancelled,
  });
}

/** Has the whole looked at now, because this part has come further. */
export async function enqueueAdvance(deps: Deps, part: Job): Promise<void> {
  if (part.partOf === undefined) return;
  const { jobId } = part.partOf;
  const name = taskName(`part:${part.id}:${part.status}`);
  await deps.queue.enqueue(name, { type: "advance", jobId }, deps.now());
}

/** Cancels the parts that are still open, again and again until none is and all have been answered. */
async function stopParts(deps: Deps, whole: Job): Promise<void> {
  const parts = await partsOf(deps, whole);
  const stopped = await Promise.all(parts.map(({ job }) => (job === null ? null : stopPart(deps, job))));
  if (stopped.some((part) => part !== null && isOpen(part))) return;
  if (whole.status === "cancelled") await deletePictures(deps, stopped);
  const confirmed = stopped.every(
    (part) => part === null || part.cancellation === null || part.cancellation.outcome === "confirmed",
  );
  await commit(deps, whole.id, {
    type: "parts_stopped",
    confirmed,
    costUsdMicros: costOf(parts),
    keptUsdMicros: keptOf(whole, parts, stopped),
  });
}

/** What is kept of an earlier try was settled with that one, and some parts are charged by themselves. */
function keptOf(whole: Job, parts: readonly Part[], stopped: readonly (Job | null)[]): UsdMicros {
  return parts.reduce((sum, { name }, index) => {
    const part = stopped[index];
    const isCharged = (storedPart(whole.composition, name)?.chargedCredits ?? 0) > 0;
    return part == null || isCharged ? sum : sum + keptUsdMicros(part);
  }, 0);
}

/** Anybody may open them, so they do not outlive the wish to have them. */
async function deletePictures(deps: Deps, parts: readonly (Job | null)[]): Promise<void> {
  const pictures = parts.filter((part) => part !== null).filter(({ request }) => request.kind === "still");
  for (const path of pictures.flatMap(filesLeftBy)) await deps.media.delete(path);
}

async function stopPart(deps: Deps, part: Job): Promise<Job> {
  if (!isTerminal(part)) await apply(deps, part.id, { type: "cancel_requested", by: "owner" });
  return (await deps.jobs.get(part.id)) ?? part;
}

/** Of a start that was never answered only an administrator can tell, who is not waited for. */
function isOpen(part: Job): boolean {
  const isStarting = part.attempts.some(({ state }) => state === "starting");
  return !isTerminal(part) || isStarting || part.outbox.some(({ type }) => type === "cancel_operation");
}

/**
 * A provider that cannot stop a generation, or was out of reach for as long as it was worth asking,
 * leaves the answer "unconfirmed", which is the truth.
 */
async function cancelOperation(deps: Deps, job: Job, number: number): Promise<void> {
  const attempt = findAttempt(job, number);
  const provider = deps.providers.get(attempt?.provider ?? "");
  const operation = mayStillRun(job, number, deps.now()) ? attempt?.operation : null;
  const result: CancelResult =
    operation == null || provider?.cancel === undefined
      ? { status: "unconfirmed" }
      : await provider.cancel(operation);
  const refund = provider?.cancelRefund ?? "unknown";
  await commit(deps, job.id, { type: "cancel_answered", attempt: number, result, refund });
}

function mayStillRun(job: Job, number: number, now: number): boolean {
  const watched = watchedAttempts(job).find((attempt) => attempt.number === number);
  return watched !== undefined && now < lastPollAt(watched.timeoutAt, job.deadlineAt);
}

async function attemptTo(deps: Deps, job: Job, what: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    deps.log.warn("job.delivery_failed", { jobId: job.id, what, reason: reasonOf(error) });
  }
}
