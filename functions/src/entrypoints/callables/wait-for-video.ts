import { z } from "zod";
import { isTerminal, type Job } from "../../domain/job/job.js";
import { type JobView, toView } from "../../domain/job/view.js";
import type { Deps } from "../../engine/deps.js";
import { findOwnJob } from "../../engine/job/find.js";
import { callable, callLimits } from "./callable.js";

/** The platform ends a callable after an hour; the answer has to be on its way by then. */
const longestWaitMs = 3_570_000;
/** Progress is estimated from time, so it moves between changes of the job as well. */
const progressEveryMs = 2_000;

/** Streams a view at every change to clients that can take it; others get only the last one. */
export const waitForVideo = callable({
  input: z.strictObject({
    jobId: z.string(),
    timeoutSeconds: z.number().min(1).max(3_600).default(600),
  }),
  run: async (deps, { uid }, { jobId, timeoutSeconds }, response) => {
    const job = await findOwnJob(deps, uid, jobId);
    const { policy } = await deps.snapshot();
    const close = callLimits.openStream(uid, policy.limits);
    try {
      const ended = await waitForJob(deps, job, {
        timeoutMs: Math.min(timeoutSeconds * 1_000, longestWaitMs),
        signal: response?.signal,
        onView: async (view) => response?.sendChunk(view),
      });
      return toView(ended, deps.now());
    } finally {
      close();
    }
  },
  options: { timeoutSeconds: 3_600 },
});

interface WaitOptions {
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
