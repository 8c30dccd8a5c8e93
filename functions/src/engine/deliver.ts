import { reasonOf } from "../domain/errors.js";
import type { Effect, Job } from "../domain/job/job.js";
import { findAttempt, watchedAttempts } from "../domain/job/job.js";
import { lastPollAt } from "../domain/job/poll.js";
import type { CancelResult } from "../domain/provider/provider.js";
import { commit } from "./commit.js";
import type { Deps } from "./deps.js";
import { tasksOf } from "./tasks.js";
import { tellBatch } from "./tell-batch.js";
import { tellWhole } from "./tell-whole.js";

/**
 * Does what a committed job asks for: enqueues its tasks, delivers its outbox. Whatever fails here
 * is left to the sweeper, because the job itself is safe: that is why nothing is thrown.
 */
export async function deliver(deps: Deps, job: Job): Promise<void> {
  await Promise.all([
    ...tasksOf(deps, job, deps.now()).map(({ name, task, dueAt }) =>
      attemptTo(deps, job, `enqueue_${task.type}`, () => deps.queue.enqueue(name, task, dueAt)),
    ),
    ...job.outbox.map((effect) =>
      effect.type === "cancel_operation"
        ? attemptTo(deps, job, effect.type, () => cancelOperation(deps, job, effect.attempt))
        : null,
    ),
    tell(deps, job),
  ]);
}

/** All that could be told is ticked off in one commit. */
async function tell(deps: Deps, job: Job): Promise<void> {
  const told: string[] = [];
  const news = job.outbox.filter((effect) => effect.type !== "cancel_operation");
  await Promise.all(
    news.map((effect) =>
      attemptTo(deps, job, effect.type, async () => {
        await tellOne(deps, job, effect.type);
        told.push(effect.id);
      }),
    ),
  );
  if (told.length === 0) return;
  await attemptTo(deps, job, "effects_delivered", async () => {
    await commit(deps, job.id, { type: "effects_delivered", ids: told });
  });
}

function tellOne(deps: Deps, job: Job, what: Exclude<Effect["type"], "cancel_operation">): Promise<void> {
  switch (what) {
    case "notify":
      return deps.notifier.jobEnded(job);
    case "tell_batch":
      return tellBatch(deps, job);
    case "part_ended":
      return tellWhole(deps, job);
  }
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
