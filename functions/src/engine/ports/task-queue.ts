import type { PollTiming } from "../../domain/job/backoff.js";
import type { Operation } from "../../domain/provider/provider.js";

export interface TaskQueue {
  /** Enqueues under a name; a name that is already there is not an error and not a second task. */
  enqueue(name: string, task: Task, dueAt: number): Promise<void>;
}

export type Task =
  | { readonly type: "start"; readonly jobId: string; readonly version: number }
  | ({ readonly type: "poll" } & PollTask)
  /** A part of this job has come further. */
  | { readonly type: "advance"; readonly jobId: string }
  | { readonly type: "store"; readonly jobId: string; readonly version: number };

/** Carries all that a poll needs, so that an unchanged answer touches no document. */
export interface PollTask {
  readonly jobId: string;
  readonly attempt: number;
  readonly provider: string;
  readonly operation: Operation;
  /** Fingerprint of the API key it was started with; `null` when that is not known. */
  readonly credentialId: string | null;
  readonly timing: PollTiming;
  /** When the job is over. */
  readonly deadlineAt: number;
  /** Until when the result of an attempt that was given up is still asked for. */
  readonly lastPollAt: number;
  /** When a second provider is to be started beside this one; `null` for never. */
  readonly hedgeAt: number | null;
  /** Consecutive polls that could not find out. */
  readonly misses: number;
}
