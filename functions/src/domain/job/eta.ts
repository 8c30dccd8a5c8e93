import { isTerminal, type Job, openStart, type TypicalSeconds } from "./job.js";

/** When a video is expected to be made, by what was known when its making began. */
export interface Eta {
  /** Half of such videos are made by then. */
  readonly p50At: number;
  /** Nine in ten are. */
  readonly p90At: number;
  /** Until `p50At`, and once that has passed until `p90At`. */
  readonly remainingSeconds: number;
}

/**
 * `null` when nobody knows: the job has ended, waits for a provider or for an answer, or takes longer than
 * nine in ten do. Storing adds a few seconds that are not told.
 */
export function etaOf(job: Job, now: number): Eta | null {
  if (isTerminal(job)) return null;
  if (job.status === "storing") {
    const madeAt = finishedAt(job) ?? job.updatedAt;
    return { p50At: madeAt, p90At: madeAt, remainingSeconds: 0 };
  }
  const work = job.status === "generating" ? workOf(job) : workToCome(job);
  if (work === null) return null;
  const p50At = work.since + Math.ceil(work.p50Seconds * 1_000);
  const p90At = work.since + Math.ceil(work.p90Seconds * 1_000);
  const expectedAt = [p50At, p90At].find((at) => at > now);
  if (expectedAt === undefined) return null;
  return { p50At, p90At, remainingSeconds: Math.ceil((expectedAt - now) / 1_000) };
}

/** How long a job that has ended took, to be compared with what was expected; `null` until then. */
export function actualSeconds({ createdAt, endedAt }: Job): number | null {
  return endedAt === null ? null : (endedAt - createdAt) / 1_000;
}

interface Work extends TypicalSeconds {
  readonly since: number;
}

/** What is being made now: a generation, or all parts of the job. */
function workOf({ attempts, composition }: Job): Work | null {
  const { estimate } = composition ?? {};
  if (estimate !== undefined) return { since: estimate.plannedAt, ...estimate };
  const running = attempts.find((attempt) => attempt.state === "running");
  return running?.acceptedAt == null ? null : { since: running.acceptedAt, ...running.typical };
}

/** What is about to be made: by the attempt that is being started, or by the first choice of a new job. */
function workToCome(job: Job): Work | null {
  const starting = openStart(job);
  if (starting !== undefined) {
    return starting.state === "starting" ? { since: starting.createdAt, ...starting.typical } : null;
  }
  if (job.typical === undefined || job.attempts.length > 0 || job.next?.step !== "start") return null;
  const { dueAt, waitsFor } = job.next;
  return waitsFor === undefined ? { since: dueAt, ...job.typical } : null;
}

/** When the file that is stored now was made. */
function finishedAt({ attempts, composition }: Job): number | null {
  const succeeded = attempts.find(({ state, wasted }) => state === "succeeded" && !wasted);
  return succeeded?.endedAt ?? composition?.readyAt ?? null;
}
