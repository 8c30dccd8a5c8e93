import { join } from "node:path";
import { styleText } from "node:util";
import { z } from "zod";
import type { Job } from "../../src/domain/job/job.js";
import { parseRequest } from "../../src/domain/request/request.js";
import { selectFor } from "../../src/engine/job/submit.js";
import { call } from "./callable-client.js";
import { followJob, type Run } from "./follow-job.js";
import { projectId } from "./local-cloud.js";
import { localToken } from "./local-token.js";
import { reportComposition } from "./report-parts.js";
import { isBatchCall, startBatch } from "./run-batch.js";
import { type BatchReport, fetchFile, type RunReport, toJobReport } from "./run-report.js";

/** Starts every request through the callable and follows it to its end, telling what happens. */
export async function runJobs(run: Run): Promise<RunReport> {
  await injectDemonstration(run);
  const token = localToken(projectId, run.uid);
  const { functionsUrl, origin } = run.functions.host;
  const runs = [];
  for (const request of run.requests) runs.push(await startRequest(run, request, token));
  const results = await Promise.all(runs.map((started) => started.ended));
  const ended = results.flatMap(({ jobs }) => jobs);
  const batch = results.find((result) => result.batch !== undefined)?.batch;
  const reports = [];
  for (const job of ended) {
    const url =
      job.status === "completed"
        ? (await call<{ url: string }>(functionsUrl, "getVideoUrl", { jobId: job.id, kind: "video" }, token))
            .url
        : null;
    const file = url === null ? null : await fetchFile(job, url, join(run.directory, "videos"));
    const composition =
      job.composition === undefined ? null : await reportComposition(run.functions.deps, job);
    reports.push(toJobReport(job, file, composition));
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
    ...(batch === undefined ? {} : { batch }),
  };
}

const named = z.looseObject({ call: z.string().default("createVideo") });

/** A request may name the callable that it is for. What is no object is for `createVideo` to refuse. */
function toCall(request: unknown): { name: string; input: unknown } {
  const { success, data } = named.safeParse(request);
  if (!success) return { name: "createVideo", input: request };
  const { call: name, ...input } = data;
  return { name, input };
}

/** Returns when the request has been accepted; `ended` follows it to its end. */
async function startRequest(
  run: Run,
  request: unknown,
  token: string,
): Promise<{ ended: Promise<{ jobs: Job[]; batch?: BatchReport }> }> {
  const { name, input } = toCall(request);
  const { functionsUrl } = run.functions.host;
  if (isBatchCall(name)) return startBatch(run, name, input, token);
  const { jobId } = await call<{ jobId: string }>(functionsUrl, name, input, token);
  return { ended: followJob(run, jobId).then((job) => ({ jobs: [job] })) };
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
  const selection = selectFor(deps, caller, parseRequest(first), await deps.snapshot(), deps.now());
  const provider = selection.winner?.model.provider;
  const simulation = run.cloud.simulations.find(({ vendor }) => vendor === provider);
  if (provider === undefined || simulation === undefined) return;
  simulation.faults.add({ vendor: provider, fault: "down", times: 2 });
  run.print(`  (${provider} will turn away its first two starts, to show what happens then)\n`);
}
