import type { ErrorCode } from "../errors.js";
import { hashId, hashIdOf } from "../hash.js";
import type { BatchPlace, Job } from "../job/job.js";
import { batchJobId } from "../job/new-job.js";

/** Many jobs that were asked for together. Each has a name of the caller's, its key. */
export interface Batch {
  readonly id: string;
  readonly uid: string;
  readonly type: BatchType;
  /** Tells a requestId that was used for something else. */
  readonly requestHash: string;
  /** The caller's own word for what the batch belongs to. */
  readonly projectId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When the last item ended; `null` while one is running. */
  readonly endedAt: number | null;
  readonly version: number;
  readonly status: BatchStatus;
  readonly counts: BatchCounts;
  readonly items: Readonly<Record<string, BatchItem>>;
}

export const batchTypes = ["clips", "scenes"] as const;
export type BatchType = (typeof batchTypes)[number];

/** `partly_completed`: some did. `failed`: none did. `cancelled`: none did, and none failed. */
export type BatchStatus = "running" | "completed" | "partly_completed" | "failed" | "cancelled";

export interface BatchCounts {
  readonly total: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

export interface BatchItem {
  /** Of the latest try. */
  readonly jobId: string;
  /** 1 and one more for each retry. */
  readonly tries: number;
  readonly status: BatchItemStatus;
  readonly errorCode: ErrorCode | null;
}

export type BatchItemStatus = "running" | "completed" | "failed" | "cancelled";

export const maxBatchItems = 50;

/** Derived from owner and requestId, so that a repetition finds the first; never sequential. */
export function batchIdOf(uid: string, requestId: string): string {
  return hashIdOf("batch", uid, requestId);
}

/** Until 2026-11-30 the texts were joined, and another user's could give the same id. */
export function earlierBatchIdOf(uid: string, requestId: string): string {
  return hashId(`batch:${uid}:${requestId}`);
}

/** A batch as it is first written: the first try of every item is running. */
export function newBatch(
  start: Pick<Batch, "id" | "uid" | "type" | "requestHash" | "projectId">,
  keys: readonly string[],
  now: number,
): Batch {
  const items = keys.map((key): [string, BatchItem] => {
    const jobId = batchJobId({ batchId: start.id, key, number: 1 });
    return [key, { jobId, tries: 1, status: "running", errorCode: null }];
  });
  return {
    ...start,
    createdAt: now,
    ...withItems(Object.fromEntries(items), now),
    version: 1,
  };
}

/** `null` for a key that the batch does not have; a key like `constructor` finds nothing either. */
export function findItem(batch: Batch, key: string): BatchItem | null {
  return Object.hasOwn(batch.items, key) ? (batch.items[key] ?? null) : null;
}

/** All that follows from the items; the only place where counts are made. */
export function withItems(items: Batch["items"], now: number) {
  const counts = countItems(items);
  return {
    items,
    counts,
    status: statusOf(counts),
    updatedAt: now,
    endedAt: counts.running > 0 ? null : now,
  };
}

function countItems(items: Batch["items"]): BatchCounts {
  const statuses = Object.values(items).map(({ status }) => status);
  const count = (status: BatchItemStatus) => statuses.filter((one) => one === status).length;
  return {
    total: statuses.length,
    running: count("running"),
    completed: count("completed"),
    failed: count("failed"),
    cancelled: count("cancelled"),
  };
}

function statusOf({ total, running, completed, failed }: BatchCounts): BatchStatus {
  if (running > 0) return "running";
  if (completed === total) return "completed";
  if (completed > 0) return "partly_completed";
  return failed > 0 ? "failed" : "cancelled";
}

/**
 * The batch after what a job of it tells: that it runs as a retry, or how it ended. A repetition, and
 * whatever an older try still says, changes nothing: then `null`.
 */
export function itemChanged(batch: Batch, job: Job, now: number): Batch | null {
  const { batch: place } = job;
  if (place?.batchId !== batch.id) return null;
  const item = findItem(batch, place.key);
  if (item === null || !isNews(item, place, job)) return null;
  const changed: BatchItem = {
    jobId: job.id,
    tries: place.number,
    status: itemStatus(job),
    errorCode: job.error?.code ?? null,
  };
  return {
    ...batch,
    ...withItems({ ...batch.items, [place.key]: changed }, now),
    version: batch.version + 1,
  };
}

function isNews(item: BatchItem, { number }: BatchPlace, job: Job): boolean {
  if (number !== item.tries) return number > item.tries;
  // What has ended stays as it ended.
  return job.id === item.jobId && item.status === "running" && itemStatus(job) !== "running";
}

function itemStatus({ status }: Job): BatchItemStatus {
  return status === "completed" || status === "failed" || status === "cancelled" ? status : "running";
}
