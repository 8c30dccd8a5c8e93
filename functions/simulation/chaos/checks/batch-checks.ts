import { type Batch, withItems } from "../../../src/domain/batch/batch.js";
import type { Job } from "../../../src/domain/job/job.js";
import type { Report } from "../violations.js";
import type { ChaosWorld } from "../world/world.js";

/** What a batch says of itself has to be what its jobs say. */
export function checkBatches({ database }: ChaosWorld, report: Report): void {
  for (const batch of database.batches.values()) {
    const own = [...database.jobs.values()].filter((job) => job.batch?.batchId === batch.id);
    const problem = batchProblem(batch, own);
    if (problem !== null) report({ kind: "lost", jobId: batch.id, detail: `batch: ${problem}` });
  }
}

function batchProblem(batch: Batch, jobs: readonly Job[]): string | null {
  if (batch.endedAt === null || batch.status === "running") return "it is still running";
  for (const [key, item] of Object.entries(batch.items)) {
    const tries = jobs.filter((job) => job.batch?.key === key);
    const latest = Math.max(...tries.map((job) => job.batch?.number ?? 0));
    const job = tries.find(({ id }) => id === item.jobId);
    if (item.tries !== latest) return `${key} is at try ${item.tries} of ${latest}`;
    if (job === undefined || job.status !== item.status)
      return `${key} is ${item.status}, not ${job?.status}`;
    if ((job.error?.code ?? null) !== item.errorCode) return `${key} has failed by something else`;
  }
  const { counts, status } = withItems(batch.items, batch.updatedAt);
  const isCounted = JSON.stringify([counts, status]) === JSON.stringify([batch.counts, batch.status]);
  return isCounted ? null : `it is ${batch.status} with ${JSON.stringify(batch.counts)}`;
}
