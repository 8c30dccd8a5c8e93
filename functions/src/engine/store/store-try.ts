import { type ErrorCode, reasonOf, UnreachableError } from "../../domain/errors.js";
import { canonicalJson, sha256 } from "../../domain/hash.js";
import { storedVideos } from "../../domain/job/composition.js";
import {
  type Attempt,
  findAttempt,
  type Job,
  type Output,
  type StoredPart,
  type StoreObstacle,
} from "../../domain/job/job.js";
import type { OperationStatus, VideoProvider } from "../../domain/provider/provider.js";
import type { CompositePlan } from "../../domain/selection/composite-plan.js";
import type { Deps } from "../deps.js";
import { type Download, DownloadError } from "../ports/downloads.js";
import { ObjectReplacedError, type StoredObject, type WriteOptions } from "../ports/media-store.js";
import { readOperation } from "../read-operation.js";

/** One try to make the file of a job ours, with all that its steps go by. */
export interface StoreTry {
  readonly job: Job;
  readonly source: Source;
  /** How its files are kept: private, and marked so that those of another generation are told apart. */
  readonly options: Omit<WriteOptions, "contentType">;
  /** One generation: job ids come again when a requestId does, after a clean-up. */
  readonly generation: string;
}

/** Where the file comes from. */
export type Source = FromAttempt | FromParts;

export interface FromAttempt {
  readonly attempt: Attempt;
  readonly provider: VideoProvider;
}

export interface FromParts {
  readonly attempt: null;
  readonly plan: CompositePlan;
  /** In their order. They were checked when they were stored. */
  readonly videos: readonly StoredPart[];
}

/** `null`: there is nothing to store now. */
export async function openTry(deps: Deps, job: Job | null): Promise<StoreTry | null> {
  const source = job === null ? null : sourceOf(deps, job);
  if (job === null || source === null) return null;
  const { policy } = await deps.snapshot();
  const { attempt } = source;
  const made =
    attempt === null
      ? [job.createdAt, source.videos.map(({ output }) => output.sha256)]
      : [attempt.createdAt, attempt.operation];
  const generation = sha256(canonicalJson(made)).slice(0, 16);
  const metadata = {
    jobId: job.id,
    ...(attempt === null ? {} : { attempt: String(attempt.number) }),
    generation,
  };
  return {
    job,
    source,
    generation,
    options: { maxBytes: policy.limits.maxOutputBytes, public: false, metadata },
  };
}

function sourceOf(deps: Deps, job: Job): Source | null {
  if (job.status !== "storing" || job.next?.step !== "store") return null;
  if (job.next.attempt === null) {
    const plan = job.composition?.plan;
    return plan === undefined ? null : { attempt: null, plan, videos: storedVideos(job, plan) };
  }
  const attempt = findAttempt(job, job.next.attempt);
  const provider = deps.providers.get(attempt?.provider ?? "");
  return attempt === undefined || provider === undefined ? null : { attempt, provider };
}

/**
 * Asked after the look at what lies there: whoever was held up for minutes before that look must not
 * take the finished file of another attempt for a remnant, and put its own in its place.
 */
export async function isAwaited(deps: Deps, { job, source }: StoreTry): Promise<boolean> {
  const next = (await deps.jobs.get(job.id))?.next;
  return next?.step === "store" && next.attempt === (source.attempt?.number ?? null);
}

export const notAwaited = storeFailure("upload_failed", "own_trouble", "late: it is another's turn");

/** The same file is stored by somebody else at this moment, who will tell how that ends. */
export function isOvertaken({ reason }: Pick<StoreFailure, "reason">): boolean {
  return /^(late|overtaken):/.test(reason);
}

/**
 * What a writer has put there, or what another one of the same generation did who was faster: two
 * deliveries of one task do the same work, and the second to finish takes what is there.
 */
export async function writeOrTake<Written extends StoredObject | null>(
  deps: Deps,
  path: string,
  generation: string,
  write: () => Promise<Written>,
): Promise<Written | StoredObject> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ObjectReplacedError)) throw error;
    const found = await deps.media.stat(path);
    if (found?.metadata.generation !== generation) throw error;
    return found;
  }
}

export type Succeeded = Extract<OperationStatus, { status: "succeeded" }>;

/** Finished files expire at the provider, so the URL is asked for when it is needed, never kept. */
export async function readFinished(
  deps: Deps,
  { id: jobId }: Job,
  { attempt: { number, operation, credentialId }, provider }: FromAttempt,
): Promise<Succeeded | StoreFailure> {
  const status: OperationStatus =
    operation === null
      ? { status: "missing" }
      : await readOperation(deps, provider, {
          jobId,
          attempt: number,
          operation,
          credentialId: credentialId ?? null,
        });
  if (status.status === "succeeded") return status;
  return status.status === "pending"
    ? storeFailure("download_failed", "out_of_reach", "pending: not finished after all")
    : storeFailure("expired", "bad_file", "gone: the provider no longer has the file");
}

/** A checked file, and every object that was written for it. */
export interface Stored {
  readonly ok: true;
  readonly output: Output;
  readonly files: readonly StoredObject[];
  /** The original of a file that is kept under another name. */
  readonly leftover: StoredObject | null;
}

/** A try that did not end with a checked file. */
export interface StoreFailure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Decides for how long the same attempt is tried again. */
  readonly obstacle: StoreObstacle;
  /** Begins with one word that tells the cause apart. */
  readonly reason: string;
  /** Of a file that came whole, as far as its host says, and was refused. */
  readonly refusedSha256?: string;
  /** The provider's file, when it is sound and kept for the next try. */
  readonly kept?: StoredObject;
}

export function storeFailure(code: ErrorCode, obstacle: StoreObstacle, reason: string): StoreFailure {
  return { ok: false, code, obstacle, reason };
}

/** Kept with a file of which only its content can tell that it is whole. */
const unmarked = { end: "unmarked" };

/** How a download is kept: with a mark where its host does not mark the end of what it sends. */
export function optionsOf({ options }: StoreTry, { endsUnmarked }: Download): StoreTry["options"] {
  return endsUnmarked ? { ...options, metadata: { ...options.metadata, ...unmarked } } : options;
}

/**
 * A provider's file that is not what it should be. It is paid for, so it is fetched again before that counts:
 * only when the same bytes come again, from a host that marks the end of what it sends, is the file itself wrong.
 */
export function refusedFile({ metadata, sha256 }: StoredObject, reason: string): StoreFailure {
  const failure = storeFailure("bad_output", "doubtful_file", reason);
  return metadata.end === unmarked.end ? failure : { ...failure, refusedSha256: sha256 };
}

const downloadObstacles: Record<DownloadError["reason"], StoreObstacle> = {
  // Read with a fresh URL each time.
  expired: "doubtful_file",
  incomplete: "doubtful_file",
  unreachable: "out_of_reach",
  refused: "bad_file",
  too_large: "bad_file",
};

/** What an error on the way from the provider to the bucket means. */
export function toStoreFailure(error: unknown): StoreFailure {
  if (error instanceof ObjectReplacedError) {
    return storeFailure("upload_failed", "own_trouble", `overtaken: ${error.message}`);
  }
  if (error instanceof UnreachableError) {
    return storeFailure("download_failed", "out_of_reach", `unanswered: ${error.message}`);
  }
  if (!(error instanceof DownloadError)) return storeFailure("upload_failed", "own_trouble", reasonOf(error));
  const { reason, message, isPassing } = error;
  return storeFailure(
    reason === "too_large" ? "bad_output" : "download_failed",
    isPassing ? "doubtful_file" : downloadObstacles[reason],
    `${reason}: ${message}`,
  );
}
