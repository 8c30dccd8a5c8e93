import { sha256 } from "../domain/hash.js";
import { lastPollAt, nextPollAt } from "../domain/job/backoff.js";
import { type Attempt, type Job, watchedAttempts } from "../domain/job/job.js";
import type { Deps } from "./deps.js";
import type { PollTask, Task } from "./ports/task-queue.js";

interface NamedTask {
  readonly name: string;
  readonly task: Task;
  readonly dueAt: number;
}

/**
 * The tasks that a job needs to move on, derived from its state alone: that is why losing every
 * task in the queue loses nothing. Names are hashes, since sequential names share a hot spot.
 */
export function tasksOf(deps: Deps, job: Job, now: number): NamedTask[] {
  const polls = watchedAttempts(job).flatMap((attempt) => {
    const poll = toPollTask(deps, job, attempt);
    return poll === null ? [] : [nextPoll(poll, now)];
  });
  return job.next === null ? polls : [jobTask(job), ...polls];
}

function jobTask(job: Job): NamedTask {
  const { next, id, version } = job;
  const step = next?.step ?? "start";
  return {
    name: taskName(`${step}:${id}:${version}`),
    task: step === "advance" ? { type: step, jobId: id } : { type: step, jobId: id, version },
    dueAt: next?.dueAt ?? 0,
  };
}

/** The next poll of an attempt. The same poll has the same name, whoever enqueues it. */
export function nextPoll(poll: PollTask, now: number): NamedTask {
  const dueAt = nextPollAt(poll.timing, now);
  return {
    name: taskName(`poll:${poll.jobId}:${poll.attempt}:${dueAt}`),
    task: { type: "poll", ...poll },
    dueAt,
  };
}

export function toPollTask(deps: Deps, job: Job, attempt: Attempt): PollTask | null {
  const provider = deps.providers.get(attempt.provider);
  if (attempt.operation === null || attempt.acceptedAt === null || provider === undefined) return null;
  return {
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
    lastPollAt: lastPollAt(attempt.timeoutAt, job.deadlineAt),
    hedgeAt: attempt.hedgeAt,
    misses: 0,
  };
}

export function taskName(text: string): string {
  return sha256(text).slice(0, 40);
}
