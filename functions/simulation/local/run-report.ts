import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { LedgerEntry } from "../../src/domain/accounting/credits.js";
import type { BatchView } from "../../src/domain/batch/view.js";
import type { Job, JobStep, StoredPart } from "../../src/domain/job/job.js";
import { type AttemptView, providerCostUsdMicros, toView } from "../../src/domain/job/view.js";
import { microsToUsd } from "../../src/domain/money.js";
import type { DecisionRecord } from "../../src/domain/selection/record.js";
import type { Deps } from "../../src/engine/deps.js";

/** One job in the JSON that `npm start -- --once --json` prints. */
export interface JobReport {
  readonly jobId: string;
  readonly status: Job["status"];
  readonly provider: string | null;
  readonly model: string | null;
  readonly attempts: readonly AttemptView[];
  /** From request to end, in the local cloud's own time. */
  readonly seconds: number;
  readonly costUsd: number;
  readonly credits: number;
  readonly adjustments: Job["attempts"][number]["adjustments"];
  readonly file: FileReport | null;
  readonly error: Job["error"];
  /** What it was made of; absent when one generation made it. */
  readonly composition?: CompositionReport;
}

export interface FileReport {
  readonly path: string;
  /** Its place in the bucket. */
  readonly object: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly codec: string;
}

export interface RunReport {
  readonly jobs: readonly JobReport[];
  /** Of the first job's first attempt. */
  readonly decision: DecisionRecord["decision"] | null;
  readonly store: "firestore-emulator" | "memory";
  /** Of the first request for a batch, when there was one. */
  readonly batch?: BatchReport;
}

/** A batch as it was told when all of it had ended, and the item that was retried then. */
export interface BatchReport extends Pick<BatchView, "batchId" | "status" | "counts" | "items"> {
  /** `null` when none had failed, or when nobody said `--once`. */
  readonly retried: {
    readonly key: string;
    /** How many more generations the providers bill since. */
    readonly paidStarts: number;
    readonly status: BatchView["status"];
    readonly counts: BatchView["counts"];
  } | null;
}

export function toJobReport(
  job: Job,
  file: FileReport | null,
  composition: CompositionReport | null = null,
): JobReport {
  const view = toView(job, job.updatedAt);
  return {
    jobId: job.id,
    status: job.status,
    provider: view.provider,
    model: view.model,
    attempts: view.attempts,
    seconds: ((job.endedAt ?? job.updatedAt) - job.createdAt) / 1_000,
    costUsd: microsToUsd(providerCostUsdMicros(job)),
    credits: job.chargedCredits,
    adjustments: view.adjustments,
    file,
    error: job.error,
    ...(composition === null ? {} : { composition }),
  };
}

/**
 * Fetches the finished video through its signed URL, as the owner would, and keeps it on disk.
 * Throws when the bytes are not the ones that were checked and paid for.
 */
export async function fetchFile(job: Job, url: string, directory: string): Promise<FileReport | null> {
  const { output } = job;
  if (output === null) return null;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the signed URL of ${job.id} answered ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== output.sha256)
    throw new Error(`the stored file of ${job.id} is not the one that was checked`);
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${job.id}${extname(output.path)}`);
  await writeFile(path, bytes);
  const { width, height, durationSeconds, codec } = output;
  return {
    path,
    object: output.path,
    bytes: bytes.byteLength,
    sha256,
    width,
    height,
    durationSeconds,
    codec,
  };
}

/** What a job was made of, as the JSON of a run tells it. */
export interface CompositionReport {
  readonly steps: readonly JobStep[];
  readonly parts: readonly PartReport[];
  /** Every line of the ledger that speaks of the job, oldest first. */
  readonly ledger: readonly Pick<LedgerEntry, "id" | "type" | "credits" | "note">[];
}

interface PartReport extends Pick<StoredPart, "name" | "jobId" | "chargedCredits"> {
  readonly model: string | null;
  readonly object: string;
  readonly publicUrl: string | null;
  readonly contentType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
}

const linkLifetimeMs = 3_600_000;
const ledgerLines = 1_000;

/**
 * Opens the file of every part as its owner would: pictures by their public address, videos by a signed
 * one. Throws when the bytes are not the ones that were checked.
 */
export async function reportComposition(deps: Deps, job: Job): Promise<CompositionReport> {
  const { steps = [], parts = [] } = job.composition ?? {};
  const lines = await deps.credits.ledger(job.uid, ledgerLines);
  return {
    steps,
    parts: await Promise.all(parts.map((part) => reportPart(deps, part))),
    ledger: lines
      .filter(({ jobId }) => jobId === job.id)
      .map(({ id, type, credits, note }) => ({ id, type, credits, note }))
      .reverse(),
  };
}

async function reportPart(
  deps: Deps,
  { name, jobId, chargedCredits, output }: StoredPart,
): Promise<PartReport> {
  const { path, publicUrl, contentType, bytes, sha256, width, height, durationSeconds } = output;
  const response = await fetch(publicUrl ?? (await deps.media.signedUrl(path, deps.now() + linkLifetimeMs)));
  const content = Buffer.from(await response.arrayBuffer());
  if (!response.ok || createHash("sha256").update(content).digest("hex") !== sha256) {
    throw new Error(`the stored ${name} of ${jobId} is not the one that was checked (${response.status})`);
  }
  const attempts = (await deps.jobs.get(jobId))?.attempts ?? [];
  const model = attempts.find(({ state, wasted }) => state === "succeeded" && !wasted)?.model ?? null;
  return {
    ...{ name, jobId, chargedCredits, model, object: path, publicUrl: publicUrl ?? null },
    ...{ contentType, bytes, sha256, width, height, durationSeconds },
  };
}
