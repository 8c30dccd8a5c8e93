import { isTerminal, type Job } from "../../domain/job/job.js";
import { type JobView, toView } from "../../domain/job/view.js";
import type { Deps } from "../../engine/deps.js";

/** Progress is estimated from time, so it moves between changes of the job as well. */
const progressEveryMs = 2_000;

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Ends the wait early: the caller has gone. */
  readonly signal: AbortSignal | undefined;
  /** Called with the first view and with each one that differs. */
  onView(view: JobView): Promise<unknown>;
}

/** Follows a job until it ends, the time is over or nobody listens any more. Returns it as it is then. */
export async function waitForJob(deps: Deps, job: Job, options: WaitOptions): Promise<Job> {
  await new Promise<void>((resolve) => follow(deps, job, options, resolve));
  return (await deps.jobs.get(job.id)) ?? job;
}

function follow(deps: Deps, job: Job, { timeoutMs, signal, onView }: WaitOptions, done: () => void): void {
  let latest = job;
  let told = "";
  const stop = () => {
    clearTimeout(timeout);
    clearInterval(ticker);
    unwatch();
    signal?.removeEventListener("abort", stop);
    done();
  };
  const tell = () => {
    const view = toView(latest, deps.now());
    const state = `${latest.version}:${view.progress.percent}`;
    if (state === told) return;
    told = state;
    // A chunk that cannot be written means that the caller has gone.
    onView(view).catch(stop);
  };
  const timeout = setTimeout(stop, timeoutMs);
  const ticker = setInterval(tell, progressEveryMs);
  const unwatch = deps.jobs.watch(job.id, (changed) => {
    if (changed !== null) {
      latest = changed;
      tell();
    }
    if (changed === null || isTerminal(changed)) stop();
  });
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
}
