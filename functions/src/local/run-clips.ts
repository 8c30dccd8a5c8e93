import { styleText } from "node:util";
import type { BatchView } from "../domain/batch-view.js";
import type { Job } from "../domain/job.js";
import { call } from "./callable-client.js";
import { followJob, type Run } from "./follow-job.js";
import type { BatchReport } from "./run-report.js";

/** Starts clips through the callable and follows all of them. */
export async function startClips(
  run: Run,
  input: unknown,
  token: string,
): Promise<{ ended: Promise<{ jobs: Job[]; batch: BatchReport }> }> {
  const created = await call<BatchView>(run.functions.host.functionsUrl, "createClips", input, token);
  return { ended: followClips(run, created, token) };
}

/** With `--once`, one clip that failed is retried, to show what that costs: one start. */
async function followClips(run: Run, created: BatchView, token: string) {
  const { functionsUrl } = run.functions.host;
  const read = () => call<BatchView>(functionsUrl, "getClips", { batchId: created.batchId }, token);
  const follow = (view: BatchView) =>
    Promise.all(Object.values(view.items).map(({ jobId }) => followJob(run, jobId)));
  const jobs = await follow(created);
  const ended = await read();
  tellClips(run.print, ended);
  const { batchId, status, counts, items } = ended;
  const report = { batchId, status, counts, items };
  const key = Object.keys(items).find((name) => items[name]?.status === "failed");
  if (key === undefined || !run.options.once) return { jobs, batch: { ...report, retried: null } };

  const before = paidStarts(run);
  const { jobId } = await call<{ jobId: string }>(functionsUrl, "retryClip", { batchId, key }, token);
  run.print(`\nRetry of clip ${styleText("bold", key)}:`);
  const retry = await followJob(run, jobId);
  const after = await read();
  const retried = { key, paidStarts: paidStarts(run) - before, status: after.status, counts: after.counts };
  tellClips(run.print, after);
  run.print(`  the retry was ${retried.paidStarts} paid start`);
  const latest = jobs.map((job) => (job.id === items[key]?.jobId ? retry : job));
  return { jobs: latest, batch: { ...report, retried } };
}

function tellClips(print: Run["print"], { counts, status, items }: BatchView): void {
  print(`\nClips: ${counts.completed} of ${counts.total} completed (${status})`);
  for (const [key, { status: itemStatus, tries, error, job }] of Object.entries(items)) {
    const model = job?.model ?? "-";
    print(`  ${key.padEnd(6)} ${(error?.code ?? itemStatus).padEnd(18)} try ${tries}  ${model}`);
  }
}

/** What the providers bill so far, after their own de-duplication. */
function paidStarts({ cloud }: Run): number {
  return cloud.simulations.reduce((sum, { simulator }) => sum + simulator.paidStarts().length, 0);
}
