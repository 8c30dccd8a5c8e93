import { styleText } from "node:util";
import type { BatchView } from "../../src/domain/batch/view.js";
import type { Job } from "../../src/domain/job/job.js";
import { call } from "./callable-client.js";
import { followJob, type Run } from "./follow-job.js";
import type { BatchReport } from "./run-report.js";

/** What belongs to a callable that starts many jobs. */
const batchCalls = {
  createClips: { get: "getClips", retry: "retryClip", title: "Clips" },
  createSceneBatch: { get: "getSceneBatch", retry: "retrySceneInBatch", title: "Scenes" },
} as const;
type BatchCall = keyof typeof batchCalls;

export function isBatchCall(name: string): name is BatchCall {
  return Object.hasOwn(batchCalls, name);
}

/** Starts a batch through its callable and follows all of its jobs. */
export async function startBatch(
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
