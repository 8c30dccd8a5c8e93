import { createHash } from "node:crypto";
import type { LedgerEntry } from "../../src/domain/accounting/credits.js";
import type { Job, JobStep, StoredPart } from "../../src/domain/job/job.js";
import type { Deps } from "../../src/engine/deps.js";

/** What a job was made of, as the JSON of a run tells it. */
export interface CompositionReport {
  readonly steps: readonly JobStep[];
  readonly parts: readonly PartReport[];
  /** Every line of the ledger that speaks of the job, oldest first. */
  readonly ledger: readonly Pick<LedgerEntry, "id" | "type" | "credits" | "note">[];
}

export interface PartReport extends Pick<StoredPart, "name" | "jobId" | "chargedCredits"> {
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
