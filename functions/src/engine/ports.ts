import type { Readable } from "node:stream";
import type { AccountStatement } from "../domain/account-statement.js";
import type { PollTiming } from "../domain/backoff.js";
import type { Batch } from "../domain/batch.js";
import type { BudgetLine, BudgetScope, BudgetUse } from "../domain/budget.js";
import type { Budget } from "../domain/budget-room.js";
import type { Catalogue } from "../domain/catalogue.js";
import type { Circuit } from "../domain/circuit.js";
import type { ConversionSpec, ConverterLimits } from "../domain/conversion.js";
import type { CreditAccount, LedgerEntry } from "../domain/credits.js";
import type { AttemptCost } from "../domain/drift.js";
import type { Observation, ProviderSwitch } from "../domain/health.js";
import type { Job, JobStatus } from "../domain/job.js";
import type { Transition } from "../domain/job-event.js";
import type { UsdMicros } from "../domain/money.js";
import type { Inspection, VideoFacts } from "../domain/output-check.js";
import type { Policy } from "../domain/policy.js";
import type { PublishedPolicy } from "../domain/policy-change.js";
import type { Operation, VideoProvider } from "../domain/provider.js";
import type { DecisionRecord, Snapshot } from "../domain/selection.js";
import type { WebhookAccess } from "../domain/webhook-access.js";

/** Everything the engine needs of the world: one plain object, the first parameter of every verb. */
export interface Deps {
  readonly catalogue: Catalogue;
  readonly providers: ReadonlyMap<string, VideoProvider>;
  readonly jobs: JobStore;
  readonly batches: BatchStore;
  readonly credits: CreditStore;
  readonly health: HealthStore;
  readonly queue: TaskQueue;
  readonly media: MediaStore;
  readonly inspector: Inspector;
  readonly downloads: Downloads;
  /** `null`: this installation stores what providers make, and nothing else. */
  readonly converter: Converter | null;
  readonly notifier: Notifier;
  readonly deliveries: DeliveryStore;
  readonly webhooks: WebhookAccess;
  readonly audit: AuditLog;
  readonly log: Logger;
  now(): number;
  newId(): string;
}

export interface JobStore {
  /**
   * Writes a new job, its hold and its ledger line in one commit. When the id is taken the job that
   * is there is returned and nothing is written. Throws `RequestError` with `insufficient_credits`, or with
   * `rate_exceeded` when the owner has started that many in the last minute, and `BudgetExceeded`.
   * A part of another job has no hold: nobody's account is touched, and it counts as no start.
   */
  create(
    job: Job,
    hold: LedgerEntry | null,
    startsPerMinute: number,
    budget?: readonly BudgetLine[],
  ): Promise<Created>;
  get(jobId: string): Promise<Job | null>;
  /** Calls back with the job now and after each change, until the returned function is called. */
  watch(jobId: string, onChange: (job: Job | null) => void): () => void;
  /**
   * Commits what `decide` makes of the job as it is now, together with its ledger lines. `decide`
   * is pure and may run more than once. Returns `null` when it absorbed the event. Throws
   * `BudgetExceeded`, and has written nothing, when a budget has no room for what it reserves.
   */
  update(jobId: string, decide: (job: Job) => Transition | null): Promise<Committed | null>;
  /** What a day has used of some budgets, reservations included; in the order of the scopes. */
  budgetUse(day: string, scopes: readonly BudgetScope[]): Promise<BudgetUse[]>;
  listByOwner(uid: string, filter: ListFilter): Promise<Page<Job>>;
  /** Jobs whose `checkAt` has passed, oldest first. */
  listDue(now: number, limit: number, after: DueCursor | null): Promise<Job[]>;
  /** Open jobs for an administrator's status check, oldest first. */
  listOpen(filter: { status?: JobStatus; limit: number }): Promise<Job[]>;
  /** Jobs that ended before a time, oldest first. */
  listEnded(before: number, limit: number): Promise<Job[]>;
  /** Jobs with an attempt that is unresolved, oldest first. */
  listUnresolved(limit: number): Promise<Job[]>;
  /** What was decided last, over all jobs, newest first. */
  listDecisions(limit: number): Promise<StoredDecision[]>;
  /** What attempts have cost, over all jobs, the latest end first. */
  listCosts(limit: number): Promise<AttemptCost[]>;
  /** Removes the job with its attempts; ledger lines stay. */
  delete(jobId: string): Promise<void>;
}

export interface BatchStore {
  /**
   * Writes a new batch, all its jobs, their holds and ledger lines in one commit: all or nothing.
   * When the id is taken the batch that is there is returned and nothing is written. Throws like
   * `JobStore.create`, with the figures of all jobs together. `budget`: one line for each budget.
   */
  create(
    batch: Batch,
    starts: readonly JobStart[],
    startsPerMinute: number,
    budget: readonly BudgetLine[],
  ): Promise<CreatedBatch>;
  get(batchId: string): Promise<Batch | null>;
  /** Commits what `decide` makes of the batch as it is now; `null` from it changes nothing. */
  update(batchId: string, decide: (batch: Batch) => Batch | null): Promise<Batch | null>;
  /** Batches that ended before a time, oldest first. */
  listEnded(before: number, limit: number): Promise<Batch[]>;
  /** Removes the batch; its jobs stay. */
  delete(batchId: string): Promise<void>;
}

/** A job that is to be written, and what it holds. */
export interface JobStart {
  readonly job: Job;
  readonly hold: LedgerEntry;
}

export interface CreatedBatch {
  readonly batch: Batch;
  readonly created: boolean;
  readonly nearing?: readonly Budget[];
}

export interface Created {
  readonly job: Job;
  readonly created: boolean;
  readonly nearing?: readonly Budget[];
}

export interface Committed extends Transition {
  /** Budgets that this commit brought near their limit; each is named once a day. */
  readonly nearing?: readonly Budget[];
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

/** The decision that an attempt was started by. */
export interface StoredDecision {
  readonly jobId: string;
  readonly attempt: number;
  readonly record: DecisionRecord;
  readonly createdAt: number;
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
  /** One line; `null` when it was never written. */
  entry(uid: string, entryId: string): Promise<LedgerEntry | null>;
  /** Accounts by uid, each with what its ledger and its jobs say at the same moment. */
  statements(limit: number, afterUid: string | null): Promise<AccountStatement[]>;
}

export interface HealthStore {
  /** One document, cached for a few seconds per instance; with an age, not older than that. */
  snapshot(maxAgeMs?: number): Promise<Snapshot>;
  record(observations: readonly Observation[]): Promise<void>;
  /** Changes one circuit in a transaction; `null` from `change` leaves it and returns `null`. */
  changeCircuit(key: string, change: (circuit: Circuit) => Circuit | null): Promise<Circuit | null>;
  /** By provider or model id. */
  setSwitch(id: string, value: ProviderSwitch): Promise<void>;
  setProbes(
    balances: Readonly<Record<string, UsdMicros>>,
    running: Readonly<Record<string, number>>,
  ): Promise<void>;
  /** Makes a policy the live one and keeps it under its version. Throws `RequestError` when that is taken. */
  publishPolicy(published: PublishedPolicy): Promise<void>;
  /** Version 0 is the built-in policy; `null` when nobody published this one. */
  policyVersion(version: number): Promise<PublishedPolicy | null>;
  /** What was published, newest first. */
  listPolicies(limit: number): Promise<PublishedPolicy[]>;
  /** A policy to be watched beside the live one; `null` ends that. */
  setShadow(policy: Policy | null): Promise<void>;
}

/** Who changed what, for those who have to explain it later. Only ever added to. */
export interface AuditLog {
  write(line: AuditLine): Promise<void>;
}

export interface AuditLine {
  readonly at: number;
  /** The administrator's uid. */
  readonly actor: string;
  /** For example `policy.published`. */
  readonly action: string;
  /** What was changed: an id or a version. */
  readonly target: string;
  readonly details: AuditDetails;
}

export type AuditDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

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
  /** When the job is over. */
  readonly deadlineAt: number;
  /** Until when the result of an attempt that was given up is still asked for. */
  readonly lastPollAt: number;
  /** When a second provider is to be started beside this one; `null` for never. */
  readonly hedgeAt: number | null;
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
  /** Where anybody can open an object that was written as public. */
  publicUrl(path: string): Promise<string>;
  /**
   * With `only`, the object is deleted if it is still that one: whoever was held up for minutes must
   * not delete the file of a later attempt.
   */
  delete(path: string, only?: Pick<StoredObject, "sha256">): Promise<void>;
}

export interface WriteOptions {
  readonly contentType: string;
  readonly maxBytes: number;
  readonly public: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * The only object that may be replaced, `null` for none: a writer that was held up fails instead of
   * replacing what came in the meantime. Absent: whatever is there when the writing begins.
   */
  readonly replaces?: Pick<StoredObject, "sha256"> | null;
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
  /** Reads a stored picture; `null` when it is none, or not whole. */
  picture(path: string): Promise<PictureFacts | null>;
}

export interface PictureFacts {
  readonly contentType: "image/jpeg" | "image/png" | "image/webp";
  readonly width: number;
  readonly height: number;
}

/**
 * Makes other files of stored ones. It is asked only for what it is capable of. Throws when it
 * could not; nothing is left at the target then.
 */
export interface Converter extends ConverterLimits {
  readonly name: string;
  convert(source: StoredVideo, spec: ConversionSpec, target: ConversionTarget): Promise<StoredObject>;
  /** One MP4 of several, in their order and in the size of the first. */
  join(parts: readonly StoredVideo[], target: ConversionTarget): Promise<StoredObject>;
  /** A JPEG of the last frame, for another video to begin with. */
  lastFrame(source: StoredVideo, target: ConversionTarget): Promise<StoredObject>;
  /** A JPEG of a moment that shows something. */
  thumbnail(source: StoredVideo, target: ConversionTarget): Promise<StoredObject>;
}

/** A video in the media store that has been checked. */
export interface StoredVideo {
  readonly path: string;
  readonly facts: VideoFacts;
}

export interface ConversionTarget extends WriteOptions {
  readonly path: string;
}

export interface Downloads {
  /** Opens a finished file. Throws `DownloadError`; only https to an allowed host, or our own simulator. */
  open(url: string, allowedHosts: readonly string[], limits?: DownloadLimits): Promise<Download>;
}

export interface DownloadLimits {
  /** For the whole file, where the usual time is too long. */
  readonly totalTimeoutMs?: number;
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

export interface DeliveryStore {
  /** Keeps a delivery. `false` when it is known already: then nothing is written. */
  claim(record: WebhookDeliveryRecord): Promise<boolean>;
  /** Forgets a delivery, so that a repetition counts as the first. */
  release(id: string): Promise<void>;
}

/** A webhook that spoke of a generation of ours. */
export interface WebhookDeliveryRecord {
  /** Derived, so that the same delivery has the same. */
  readonly id: string;
  readonly provider: string;
  /** The vendor's word for it. */
  readonly deliveryId: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly receivedAt: number;
  readonly outcome: DeliveryOutcome;
  readonly expireAt: number;
}

/**
 * `followed`: the provider was asked. `parked`: the start was not recorded yet. `late`: the end of
 * the generation was known already.
 */
export type DeliveryOutcome = "followed" | "parked" | "late";

export interface Logger {
  info(event: string, fields: LogFields): void;
  warn(event: string, fields: LogFields): void;
  error(event: string, fields: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;
