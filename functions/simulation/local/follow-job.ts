import { isTerminal, type Job } from "../../src/domain/job/job.js";
import type { LocalCloud } from "./local-cloud.js";
import type { LocalFunctions } from "./local-functions.js";
import type { StartOptions } from "./start-options.js";
import { createTimeline } from "./timeline.js";

/** One run of requests against the local cloud. */
export interface Run {
  readonly cloud: LocalCloud;
  readonly functions: LocalFunctions;
  readonly requests: readonly unknown[];
  readonly options: StartOptions;
  readonly uid: string;
  readonly directory: string;
  readonly print: (line: string) => void;
}

/** Resolves with the job when it has ended. */
export function followJob(
  { functions, print }: Pick<Run, "functions" | "print">,
  jobId: string,
): Promise<Job> {
  const { deps } = functions;
  return new Promise((resolve, reject) => {
    let tell: ((job: Job) => void) | undefined;
    const stop = deps.jobs.watch(jobId, (job) => {
      if (job === null) return reject(new Error(`the job ${jobId} has disappeared`));
      tell ??= createTimeline(print, job.createdAt);
      tell(job);
      if (!isTerminal(job)) return;
      stop();
      resolve(job);
    });
  });
}
