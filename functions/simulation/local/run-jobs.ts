import { join } from "node:path";
import { styleText } from "node:util";
import { z } from "zod";
import type { BatchView } from "../../src/domain/batch/view.js";
import type { Job } from "../../src/domain/job/job.js";
import { parseRequest } from "../../src/domain/request/request.js";
import { selectFor } from "../../src/engine/job/submit.js";
import { call, localToken } from "./callable-client.js";
import { projectId } from "./local-cloud.js";
import { type BatchReport, fetchFile, type RunReport, reportComposition, toJobReport } from "./run-report.js";
import { followJob, type Run } from "./timeline.js";

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

/** A request may name the callable that it is for. `createVideo` refuses what is not an object. */
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
 * Without faults of the caller's own, the provider that would win refuses its first two starts,
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

/** What belongs to a callable that starts many jobs. */
const batchCalls = {
  createClips: { get: "getClips", retry: "retryClip", title: "Clips" },
  createSceneBatch: { get: "getSceneBatch", retry: "retrySceneInBatch", title: "Scenes" },
} as const;
type BatchCall = keyof typeof batchCalls;

function isBatchCall(name: string): name is BatchCall {
  return Object.hasOwn(batchCalls, name);
}

/** Starts a batch through its callable and follows all of its jobs. */
async function startBatch(
  run: Run,
  name: BatchCall,
  input: unknown,
  token: string,
): Promise<{ ended: Promise<{ jobs: Job[]; batch: BatchReport }> }> {
  const created = await call<BatchView>(run.functions.host.functionsUrl, name, input, token);
  return { ended: followBatch(run, name, created, token) };
}

/** With `--once`, one item that failed is retried, to show what that costs: one start. */
async function followBatch(run: Run, name: BatchCall, created: BatchView, token: string) {
  const { get, retry: retryCall, title } = batchCalls[name];
  const { functionsUrl } = run.functions.host;
  const read = () => call<BatchView>(functionsUrl, get, { batchId: created.batchId }, token);
  const follow = (view: BatchView) =>
    Promise.all(Object.values(view.items).map(({ jobId }) => followJob(run, jobId)));
  const jobs = await follow(created);
  const ended = await read();
  tell(run.print, title, ended);
  const { batchId, status, counts, items } = ended;
  const report = { batchId, status, counts, items };
  const key = Object.keys(items).find((one) => items[one]?.status === "failed");
  if (key === undefined || !run.options.once) return { jobs, batch: { ...report, retried: null } };

  const before = paidStarts(run);
  const { jobId } = await call<{ jobId: string }>(functionsUrl, retryCall, { batchId, key }, token);
  run.print(`\nRetry of ${styleText("bold", key)}:`);
  const retry = await followJob(run, jobId);
  const after = await read();
  const retried = { key, paidStarts: paidStarts(run) - before, status: after.status, counts: after.counts };
  tell(run.print, title, after);
  run.print(`  paid starts of the retry: ${retried.paidStarts}`);
  const latest = jobs.map((job) => (job.id === items[key]?.jobId ? retry : job));
  return { jobs: latest, batch: { ...report, retried } };
}

function tell(print: Run["print"], title: string, { counts, status, items }: BatchView): void {
  print(`\n${title}: ${counts.completed} of ${counts.total} completed (${status})`);
  for (const [key, { status: itemStatus, tries, error, job }] of Object.entries(items)) {
    const model = job?.model ?? "-";
    print(`  ${key.padEnd(6)} ${(error?.code ?? itemStatus).padEnd(18)} try ${tries}  ${model}`);
  }
}

/** What the providers bill so far, after their own de-duplication. */
function paidStarts({ cloud }: Run): number {
  return cloud.simulations.reduce((sum, { simulator }) => sum + simulator.paidStarts().length, 0);
}
