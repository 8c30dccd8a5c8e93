import { type Attempt, isUnresolved, type Job } from "../../domain/job/job.js";
import { type EarlierAttempt, upgradeJob } from "../../domain/job/upgrade-job.js";
import { type AttemptView, toView } from "../../domain/job/view.js";

/** `videoJobs/{id}`: what its owner may read, so attempts are there as views only. */
export interface JobDocument extends Omit<Job, "attempts"> {
  readonly attemptViews: readonly AttemptView[];
  readonly attemptCount: number;
  /** Parts of other jobs are not listed: their whole is. */
  readonly isPart: boolean;
  /** Is there a start of which nobody knows whether it was paid? */
  readonly hasUnresolved: boolean;
  /** Of the attempt at work, or the one that made the video. */
  readonly provider: string | null;
  readonly model: string | null;
  /** Tells a writer whose answer was lost that the commit it finds is its own. */
  readonly commitId: string;
}

/** `videoJobs/{id}/attempts/{n}`: private. */
export interface AttemptDocument extends Attempt {
  /** The version of the job with which this was written; see `isTorn`. */
  readonly jobVersion: number;
}

export function toJobDocument(job: Job, commitId: string): JobDocument {
  const { attempts, ...rest } = job;
  const { provider, model, attempts: attemptViews } = toView(job, job.updatedAt);
  return {
    ...rest,
    attemptViews,
    attemptCount: attempts.length,
    isPart: job.partOf !== undefined,
    hasUnresolved: attempts.some(isUnresolved),
    provider,
    model,
    commitId,
  };
}

export function fromDocuments(document: JobDocument, attempts: readonly AttemptDocument[]): Job {
  const { attemptViews, attemptCount, isPart, hasUnresolved, provider, model, commitId, ...rest } = document;
  return upgradeJob({ ...rest, attempts: attempts.map(fromAttemptDocument) });
}

export function toAttemptDocument(attempt: Attempt, jobVersion: number): AttemptDocument {
  return { ...attempt, jobVersion };
}

/**
 * Attempts are read after their job. One that is newer than the job, or gone, means that a commit
 * came in between: together they are a state that never was.
 */
export function isTorn(document: JobDocument, attempts: readonly (AttemptDocument | undefined)[]): boolean {
  return attempts.some((attempt) => attempt === undefined || attempt.jobVersion > document.version);
}

function fromAttemptDocument({ jobVersion, ...attempt }: AttemptDocument): EarlierAttempt {
  return attempt;
}
