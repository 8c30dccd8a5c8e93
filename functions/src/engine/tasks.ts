import { sha256 } from "../domain/hash.js";
import { type Attempt, type Job, type NextStep, openStart, watchedAttempts } from "../domain/job/job.js";
import { storesAgain } from "../domain/job/lost-tasks.js";
import { nextPollAt } from "../domain/job/poll.js";
import type { PollTask, Task } from "../domain/job/tasks.js";
import type { Deps } from "./deps.js";

interface NamedTask {
  readonly name: string;
  readonly task: Task;
  readonly dueAt: number;
}

/**
 * The tasks that a job needs to move on, derived from its state alone: that is why losing every
 * task in the queue loses nothing. A step at its time has one name, whoever enqueues it and however
 * often; due at another time it has another. A name stays taken for about an hour after its task was
 * handled, so a step whose handler died is not enqueued again: the sweeper takes it.
 */
export function tasksOf(deps: Deps, job: Job, now: number): NamedTask[] {
  const polls = watchedAttempts(job).flatMap((attempt) => {
    const poll = toPollTask(deps, job, attempt);
    return poll === null ? [] : [pollAt(poll, nextPollAt(poll.timing, now))];
  });
  return job.next === null ? polls : [stepTask(job, job.next), ...polls];
}

function stepTask(job: Job, next: NextStep): NamedTask {
  const { step, dueAt } = next;
  return {
    name: taskName(`${step}:${job.id}:${subjectOf(job, next)}:${dueAt}`),
    task: { type: step, jobId: job.id },
    dueAt,
  };
}

/** A start that is to be made, one to be looked after and one to be given up may be due at the same moment. */
function subjectOf(job: Job, next: NextStep): string {
  if (next.step === "store") return `${next.attempt}`;
  return `${job.attempts.length}:${openStart(job)?.state ?? "none"}`;
}

/** A store that is overdue, once more: its task may be lost, or used up by a handler that died. */
export function storeAgain(job: Job, next: NextStep, now: number): NamedTask {
  const { task, dueAt } = stepTask(job, next);
  const again = storesAgain(dueAt, now);
  return { name: taskName(`store:${job.id}:${subjectOf(job, next)}:${dueAt}:again:${again}`), task, dueAt };
}

export function pollAt(poll: PollTask, dueAt: number): NamedTask {
  return { name: taskName(`poll:${poll.jobId}:${poll.attempt}:${dueAt}`), task: poll, dueAt };
}

export function toPollTask(deps: Deps, job: Job, attempt: Attempt): PollTask | null {
  const provider = deps.providers.get(attempt.provider);
  if (attempt.operation === null || attempt.acceptedAt === null || provider === undefined) return null;
  return {
    type: "poll",
    jobId: job.id,
    attempt: attempt.number,
    provider: attempt.provider,
    operation: attempt.operation,
    credentialId: attempt.credentialId ?? null,
    timing: {
      key: attempt.idempotencyKey,
      acceptedAt: attempt.acceptedAt,
      p50Seconds: attempt.typical.p50Seconds,
      floorMs: provider.pollFloorMs,
      timeoutAt: attempt.timeoutAt,
    },
    deadlineAt: job.deadlineAt,
    hedgeAt: attempt.hedgeAt,
    misses: 0,
    missingSince: null,
    notBefore: null,
  };
}

/** A hash, since names in sequence share a hot spot in the queue. */
export function taskName(text: string): string {
  return sha256(text).slice(0, 40);
}
