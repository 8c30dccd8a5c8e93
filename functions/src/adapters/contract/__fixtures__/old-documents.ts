import { readdirSync, readFileSync } from "node:fs";
import type { Batch } from "../../../domain/batch/batch.js";
import type { Job } from "../../../domain/job/job.js";

/** A job, and the documents that the version before this one wrote of it. */
interface OldJob {
  readonly name: string;
  readonly job: Job;
  readonly document: Readonly<Record<string, unknown>>;
  readonly attempts: readonly { readonly number: number }[];
}

const fixtures = new URL("../../firebase/__fixtures__/", import.meta.url);

/** Literal documents as they lie in a database, and never written anew. */
export function oldJobs(): OldJob[] {
  const directory = new URL("old-jobs/", fixtures);
  return readdirSync(directory).map((file) => ({
    name: file.replace(".json", ""),
    ...JSON.parse(readFileSync(new URL(file, directory), "utf8")),
  }));
}

export function oldBatch(): { readonly batch: Batch; readonly commitId: string } {
  const { commitId, ...batch } = JSON.parse(readFileSync(new URL("old-batch.json", fixtures), "utf8"));
  return { batch, commitId };
}
