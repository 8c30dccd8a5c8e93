import { readdirSync, readFileSync } from "node:fs";
import type { Job } from "../../../domain/job/job.js";

/** A job, and the documents that the version before this one wrote of it. */
interface OldJob {
  readonly name: string;
  readonly job: Job;
  readonly document: Readonly<Record<string, unknown>>;
  readonly attempts: readonly { readonly number: number }[];
}

const directory = new URL("../../firebase/__fixtures__/old-jobs/", import.meta.url);

/** Literal documents as they lie in a database, and never written anew. */
export function oldJobs(): OldJob[] {
  return readdirSync(directory).map((file) => ({
    name: file.replace(".json", ""),
    ...JSON.parse(readFileSync(new URL(file, directory), "utf8")),
  }));
}
