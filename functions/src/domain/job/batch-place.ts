import { hashId } from "../hash.js";
import type { Job } from "./job.js";

/** The place of a job in a batch; kept with the job, so that its end can be told. */
export interface BatchPlace {
  readonly batchId: string;
  readonly key: string;
  /** Which try of the item it is, from 1. */
  readonly number: number;
}

/** The same try of an item is always the same job, so that no repetition starts another. */
export function batchJobId({ batchId, key, number }: BatchPlace): string {
  return hashId(`batch-job:${batchId}:${key}:${number}`);
}

/** Where the next try of a job belongs; `null` for a job of no batch. */
export function nextPlace({ batch: place, redrives = [] }: Job): BatchPlace | null {
  return place === undefined ? null : { ...place, number: place.number + redrives.length + 1 };
}

/** A new try takes over the place of a job in its batch, and owes it this news before anything else. */
export function takingPlace(fresh: Job, previous: Job): Job {
  const place = nextPlace(previous);
  if (place === null) return fresh;
  const started = { id: `${fresh.id}:tell_batch:started`, type: "tell_batch" } as const;
  return { ...fresh, batch: place, outbox: [...fresh.outbox, started] };
}
