import { describeStep } from "./composite-steps.js";
import { isTerminal, type Job, type JobStatus } from "./job.js";

/** Where a job stands, in words for a person. Computed, except for the percentage that never falls. */
export interface Progress {
  readonly percent: number;
  readonly stage: string;
}

const ranges: Record<JobStatus, readonly [from: number, to: number]> = {
  queued: [0, 10],
  generating: [10, 85],
  storing: [85, 99],
  completed: [100, 100],
  failed: [0, 100],
  cancelled: [0, 100],
};

/** Percentage when a status is entered. */
export function percentAt(status: JobStatus): number {
  return ranges[status][0];
}

/**
 * Progress at a moment. While a provider works, time stands in for the number that most do not
 * give: half-way at P50 and slowing down, so it moves to the end without ever arriving early.
 */
export function progressOf(job: Job, now: number): Progress {
  const running = job.attempts.find((attempt) => attempt.state === "running");
  const stage = stageOf(job);
  if (job.composition !== undefined) return { percent: job.progressPercent, stage };
  if (job.status !== "generating" || running?.acceptedAt == null) {
    return { percent: job.progressPercent, stage };
  }
  const elapsedSeconds = Math.max(0, now - running.acceptedAt) / 1_000;
  const done = elapsedSeconds / (elapsedSeconds + running.typical.p50Seconds);
  const [from, to] = ranges.generating;
  return { percent: Math.max(job.progressPercent, Math.floor(from + done * (to - from))), stage };
}

function stageOf(job: Job): string {
  const step = job.composition?.steps.at(-1);
  if (step !== undefined && !isTerminal(job)) return describeStep(step.name);
  switch (job.status) {
    case "queued":
      return job.attempts.length === 0 ? "Waiting to start" : "Choosing another provider";
    case "generating":
      return "Making the video";
    case "storing":
      return "Checking and storing the video";
    case "completed":
      return "Finished";
    case "failed":
      return "Failed";
    case "cancelled":
      return "Cancelled";
  }
}
