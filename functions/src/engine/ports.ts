import type { Readable } from "node:stream";
import type { PollTiming } from "../domain/backoff.js";
import type { Catalogue } from "../domain/catalogue.js";
import type { Circuit } from "../domain/circuit.js";
import type { CreditAccount, LedgerEntry } from "../domain/credits.js";
import type { Observation, ProviderSwitch } from "../domain/health.js";
import type { Job, JobStatus } from "../domain/job.js";
import type { Transition } from "../domain/job-event.js";
import type { UsdMicros } from "../domain/money.js";
import type { Inspection } from "../domain/output-check.js";
import type { Policy } from "../domain/policy.js";
import type { Operation, VideoProvider } from "../domain/provider.js";
import type { Snapshot } from "../domain/selection.js";

/** Everything the engine needs of the world: one plain object, the first parameter of every verb. */
export interface Deps {
  readonly catalogue: Catalogue;
  readonly providers: ReadonlyMap<string, VideoProvider>;
  readonly jobs: JobStore;
  readonly credits: CreditStore;
  readonly health: HealthStore;
  readonly queue: TaskQueue;
  readonly media: MediaStore;
  readonly inspector: Inspector;
  readonly downloads: Downloads;
  readonly notifier: Notifier;
  readonly log: Logger;
  now(): number;
  newId(): string;
}

export interface JobStore {
  /**
   * Writes a new job, its hold and its ledger line in one commit. When the id is taken the job that
   * is there is returned and nothing is written. Throws `RequestError` with `insufficient_credits`, or with
   * `rate_exceeded` when the owner has started that many in the last minute.
   */
  create(job: Job, hold: LedgerEntry, startsPerMinute: number): Promise<{ job: Job; created: boolean }>;
  get(jobId: string): Promise<Job | null>;
  /** Calls back with the job now and after each change, until the returned function is called. */
  watch(jobId: string, onChange: (job: Job | null) => void): () => void;
  /**
   * Commits what `decide` makes of the job as it is now, together with its ledger lines. `decide`
   * is pure and may run more than once. Returns `null` when it absorbed the event.
   */
  update(jobId: string, decide: (job: Job) => Transition | null): Promise<Transition | null>;
  listByOwner(uid: string, filter: ListFilter): Promise<Page<Job>>;
  /** Jobs whose `checkAt` has passed, oldest first. */
  listDue(now: number, limit: number, after: DueCursor | null): Promise<Job[]>;
  /** Open jobs for an administrator's status check, oldest first. */
  listOpen(filter: { status?: JobStatus; limit: number }): Promise<Job[]>;
  /** Jobs that ended before a time, oldest first. */
  listEnded(before: number, limit: number): Promise<Job[]>;
  /** Removes the job with its attempts; ledger lines stay. */
  delete(jobId: string): Promise<void>;
}

export interface ListFilter {
  readonly status?: JobStatus;
  readonly limit: number;
  readonly pageToken?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string | null;
}

export interface DueCursor {
  readonly checkAt: number;
  readonly jobId: string;
}

export interface CreditStore {
  account(uid: string): Promise<CreditAccount>;
  /** Applies an entry once; a repetition with the same id changes nothing. */
  grant(entry: LedgerEntry): Promise<CreditAccount>;
  ledger(uid: string, limit: number): Promise<LedgerEntry[]>;
}

export interface HealthStore {
  /** One document, cached for a few seconds per instance. */
  snapshot(): Promise<Snapshot>;
  record(observations: readonly Observation[]): Promise<void>;
  /** Changes one circuit in a transaction; `null` from `change` leaves it and returns `null`. */
  changeCircuit(key: string, change: (circuit: Circuit) => Circuit | null): Promise<Circuit | null>;
  setSwitch(provider: string, value: ProviderSwitch): Promise<void>;
  setProbes(
    balances: Readonly<Record<string, UsdMicros>>,
    running: Readonly<Record<string, number>>,
  ): Promise<void>;
  /** Makes a policy the current one and keeps it under its version. Throws `RequestError`. */
  publishPolicy(policy: Policy): Promise<void>;
}

export type Task =
  | { readonly type: "start"; readonly jobId: string; readonly version: number }
  | ({ readonly type: "poll" } & PollTask)
  | { readonly type: "store"; readonly jobId: string; readonly version: number };

/** Carries all that a poll needs, so that an unchanged answer touches no document. */
export interface PollTask {
  readonly jobId: string;
  readonly attempt: number;
  readonly provider: string;
  readonly operation: Operation;
  readonly timing: PollTiming;
  /** When to give up the attempt, and when the job is over. */
  readonly timeoutAt: number;
  readonly deadlineAt: number;
  /** Until when the result of an attempt that was given up is still asked for. */
  readonly lastPollAt: number;
  /** Consecutive polls that could not find out. */
  readonly misses: number;
}

export interface TaskQueue {
  /** Enqueues under a name; a name that is already there is not an error and not a second task. */
  enqueue(name: string, task: Task, dueAt: number): Promise<void>;
}

export interface MediaStore {
  /**
   * Streams bytes to a path. An object that the same attempt left there is replaced only when it
   * is another attempt's; `attempt` is kept with the object.
   */
  write(path: string, source: Readable, options: WriteOptions): Promise<StoredObject>;
  stat(path: string): Promise<StoredObject | null>;
  /** Random access, so that a check never reads a large file whole. */
  read(path: string, offset: number, length: number): Promise<Buffer>;
  signedUrl(path: string, expiresAt: number): Promise<string>;
  delete(path: string): Promise<void>;
}

export interface WriteOptions {
  readonly contentType: string;
  readonly maxBytes: number;
  readonly public: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Inspector {
  /** Reads a stored video and tells what it is, or what is wrong with it. */
  video(path: string): Promise<Inspection>;
}

export interface Downloads {
  /** Opens a finished file. Throws `DownloadError`; only https to an allowed host, or our own simulator. */
  open(url: string, allowedHosts: readonly string[]): Promise<Download>;
}

export interface Download {
  readonly stream: Readable;
  readonly contentType: string;
  /** As announced; `null` when the server does not say. */
  readonly bytes: number | null;
}

/** A file could not be fetched. `expired` asks for a fresh URL, `refused` will never be allowed. */
export class DownloadError extends Error {
  readonly reason: "expired" | "refused" | "unreachable" | "too_large" | "incomplete";

  constructor(reason: DownloadError["reason"], message: string) {
    super(message);
    this.name = "DownloadError";
    this.reason = reason;
  }
}

export interface Notifier {
  /** Tells the owner that a job has ended; called at least once per job. */
  jobEnded(job: Job): Promise<void>;
}

export interface Logger {
  info(event: string, fields: LogFields): void;
  warn(event: string, fields: LogFields): void;
  error(event: string, fields: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;
