import { join } from "node:path";
import { styleText } from "node:util";
import type { Job } from "../domain/job.js";
import { isTerminal } from "../domain/job.js";
import { parseRequest } from "../domain/request.js";
import { selectFor } from "../engine/submit-job.js";
import { call } from "./callable-client.js";
import { type LocalCloud, projectId } from "./local-cloud.js";
import type { LocalFunctions } from "./local-functions.js";
import { localToken } from "./local-token.js";
import { fetchFile, type RunReport, toJobReport } from "./run-report.js";
import type { StartOptions } from "./start-options.js";
import { createTimeline } from "./timeline.js";

interface Run {
  readonly cloud: LocalCloud;
  readonly functions: LocalFunctions;
  readonly requests: readonly unknown[];
  readonly options: StartOptions;
  readonly uid: string;
  readonly directory: string;
  readonly print: (line: string) => void;
}

/** Starts every request through the callable and follows it to its end, telling what happens. */
export async function runJobs(run: Run): Promise<RunReport> {
  await injectDemonstration(run);
  const token = localToken(projectId, run.uid);
  const { functionsUrl, origin } = run.functions.host;
  const jobs = [];
  for (const request of run.requests) {
    const { jobId } = await call<{ jobId: string }>(functionsUrl, "createVideo", request, token);
    jobs.push(jobId);
  }
  const ended = await Promise.all(jobs.map((jobId) => follow(run, jobId)));
  const reports = [];
  for (const job of ended) {
    const url =
      job.status === "completed"
        ? (await call<{ url: string }>(functionsUrl, "getVideoUrl", { jobId: job.id, kind: "video" }, token))
            .url
        : null;
    const file = url === null ? null : await fetchFile(job, url, join(run.directory, "videos"));
    reports.push(toJobReport(job, file));
    if (url === null) continue;
    run.print("");
    run.print(`Finished video: ${styleText("cyan", `${origin}/jobs/${job.id}`)}`);
    run.print(`  on disk:      ${file?.path}`);
    run.print(`  signed URL:   ${url.slice(0, 100)}… (one hour)`);
  }
  return {
    jobs: reports,
    decision: ended[0]?.attempts[0]?.decision.decision ?? null,
    store: run.cloud.store,
  };
}

/**
 * Without faults of the caller's own, the provider that would win turns its first two starts away,
 * so that the first minute shows what a fallback looks like.
 */
async function injectDemonstration(run: Run): Promise<void> {
  const [first] = run.requests;
  if (run.options.faults.length > 0 || run.options.requests.length > 0 || first === undefined) return;
  const { deps } = run.functions;
  const caller = { uid: run.uid, tier: "free" };
  const selection = selectFor(deps, caller, parseRequest(first), await deps.health.snapshot(), deps.now());
  const provider = selection.winner?.model.provider;
  const simulation = run.cloud.simulations.find(({ vendor }) => vendor === provider);
  if (provider === undefined || simulation === undefined) return;
  simulation.faults.add({ vendor: provider, fault: "down", times: 2 });
  run.print(`  (${provider} will turn away its first two starts, to show what happens then)\n`);
}

/** Resolves with the job when it has ended. */
function follow(run: Run, jobId: string): Promise<Job> {
  const { deps } = run.functions;
  return new Promise((resolve, reject) => {
    let tell: ((job: Job) => void) | undefined;
    const stop = deps.jobs.watch(jobId, (job) => {
      if (job === null) return reject(new Error(`the job ${jobId} has disappeared`));
      tell ??= createTimeline(run.print, job.createdAt);
      tell(job);
      if (!isTerminal(job)) return;
      stop();
      resolve(job);
    });
  });
}
