import { type PublicError, toPublicError } from "../errors.js";
import type { Eta } from "../job/eta.js";
import { isTerminal, type Job, type JobStatus, type Output } from "../job/job.js";
import { type Progress, remainingSeconds } from "../job/progress.js";
import { toView } from "../job/view.js";
import type { Adjustment } from "../request/request.js";
import type { Batch, BatchItem } from "./batch.js";

/** What the batch itself knows, without a look at its jobs. */
export interface BatchSummary
  extends Pick<Batch, "type" | "projectId" | "status" | "counts" | "createdAt" | "updatedAt" | "endedAt"> {
  readonly batchId: string;
}

/** All that an owner may want to know of a batch, in one answer. */
export interface BatchView extends BatchSummary {
  /** The mean over its items; one that has ended, however it did, has no work left. */
  readonly percent: number;
  /** Of the slowest item; `null` while that is not known of every one, 0 when none is running. */
  readonly etaSeconds: number | null;
  /** Of the latest tries. */
  readonly credits: Credits;
  /** By key; in their order, numbers as numbers. */
  readonly items: Readonly<Record<string, BatchItemView>>;
}

export interface BatchItemView {
  readonly jobId: string;
  readonly tries: number;
  readonly status: JobStatus;
  readonly error: PublicError | null;
  /** `null` when the job has been deleted. */
  readonly job: BatchJobView | null;
}

interface BatchJobView {
  readonly progress: Progress;
  readonly etaSeconds: number | null;
  readonly eta: Eta | null;
  readonly actualSeconds: number | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly adjustments: readonly Adjustment[];
  readonly credits: Credits;
  readonly output: Output | null;
}

interface Credits {
  readonly held: number;
  readonly charged: number;
}

const byKey = new Intl.Collator("en", { numeric: true });

export function toBatchSummary(batch: Batch): BatchSummary {
  const { id, type, projectId, status, counts, createdAt, updatedAt, endedAt } = batch;
  return { batchId: id, type, projectId, status, counts, createdAt, updatedAt, endedAt };
}

/** `jobs`: those of the latest tries that still exist. */
export function toBatchView(batch: Batch, jobs: readonly Job[], now: number): BatchView {
  const items = Object.entries(batch.items)
    .sort(([one], [other]) => byKey.compare(one, other))
    .map(([key, item]): [string, BatchItemView] => {
      const job = jobs.find(({ id }) => id === item.jobId);
      return [key, job === undefined ? toDeleted(item) : toItemView(item, job, now)];
    });
  const views = items.map(([, view]) => view);
  return {
    ...toBatchSummary(batch),
    percent: Math.floor(sum(views.map(percentOf)) / Math.max(1, views.length)),
    etaSeconds: views.map(({ job }) => (job === null ? 0 : job.etaSeconds)).reduce(later, 0),
    credits: {
      held: sum(views.map(({ job }) => job?.credits.held ?? 0)),
      charged: sum(views.map(({ job }) => job?.credits.charged ?? 0)),
    },
    items: Object.fromEntries(items),
  };
}

function toItemView({ jobId, tries }: BatchItem, job: Job, now: number): BatchItemView {
  const { status, error, progress, eta, actualSeconds, ...rest } = toView(job, now);
  const { provider, model, adjustments, credits, output } = rest;
  const etaSeconds = isTerminal(job) ? 0 : remainingSeconds(job, now);
  return {
    jobId,
    tries,
    status,
    error,
    job: { progress, etaSeconds, eta, actualSeconds, provider, model, adjustments, credits, output },
  };
}

/** Only what has ended is ever deleted, and the batch still knows how it did. */
function toDeleted({ jobId, tries, status, errorCode }: BatchItem): BatchItemView {
  return {
    jobId,
    tries,
    status: status === "running" ? "queued" : status,
    error: errorCode === null ? null : toPublicError(errorCode),
    job: null,
  };
}

function percentOf({ status, job }: BatchItemView): number {
  return job === null || status === "failed" || status === "cancelled" ? 100 : job.progress.percent;
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
