import "./options.js";
import { onTaskDispatched, type TaskQueueOptions } from "firebase-functions/tasks";
import { z } from "zod";
import { shownAs } from "../domain/selection/composite-plan.js";
import { advance } from "../engine/composite/advance.js";
import type { Deps } from "../engine/deps.js";
import { pollJob as poll } from "../engine/poll/poll-job.js";
import { startJob as start } from "../engine/start/start-job.js";
import { storeVideo as store } from "../engine/store/store-video.js";
import { runtime } from "./runtime.js";

// Bodies may be as old as the longest wait in a queue, so fields that are no longer known are
// dropped, and those that came later have a default.
const jobTask = z.object({ jobId: z.string().min(1) });
const pollTask = z.object({
  jobId: z.string().min(1),
  attempt: z.number().int().min(1),
  provider: z.string(),
  operation: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  credentialId: z.string().nullable().default(null),
  timing: z.object({
    key: z.string(),
    acceptedAt: z.number(),
    p50Seconds: z.number().positive(),
    floorMs: z.number(),
    timeoutAt: z.number(),
  }),
  deadlineAt: z.number(),
  lastPollAt: z.number(),
  hedgeAt: z.number().nullable().default(null),
  misses: z.number().int().default(0),
});

/** Short: what a task cannot do in this time the sweeper takes up again from the job itself. */
const retryConfig = { maxAttempts: 5, minBackoffSeconds: 2, maxBackoffSeconds: 60, maxDoublings: 4 };

export const startJob = taskFunction(jobTask, (deps, { jobId }) => start(deps, jobId), {
  // Three tries of a call, 60 s each, with their waits.
  timeoutSeconds: 240,
  rateLimits: { maxConcurrentDispatches: 200, maxDispatchesPerSecond: 200 },
});

export const pollJob = taskFunction(pollTask, pollOrAdvance, {
  timeoutSeconds: 240,
  rateLimits: { maxConcurrentDispatches: 500, maxDispatchesPerSecond: 500 },
});

export const advanceJob = taskFunction(jobTask, (deps, { jobId }) => advance(deps, jobId), {
  timeoutSeconds: 240,
  rateLimits: { maxConcurrentDispatches: 200, maxDispatchesPerSecond: 200 },
});

export const storeVideo = taskFunction(jobTask, (deps, { jobId }) => store(deps, jobId), {
  memory: "1GiB",
  timeoutSeconds: 1_800,
  // Bytes are streamed, but a check and a few transfers share one instance's memory and line.
  concurrency: 8,
  rateLimits: { maxConcurrentDispatches: 100, maxDispatchesPerSecond: 50 },
});

/** Until 2026-11-30 a job that is made of parts was polled like a provider's. */
async function pollOrAdvance(deps: Deps, task: z.output<typeof pollTask>): Promise<void> {
  const isWhole = Object.values(shownAs).some(({ provider }) => provider === task.provider);
  await (isWhole ? advance(deps, task.jobId) : poll(deps, task));
}

function taskFunction<Schema extends z.ZodType>(
  schema: Schema,
  run: (deps: Deps, task: z.output<Schema>) => Promise<unknown>,
  options: TaskQueueOptions,
) {
  return onTaskDispatched({ retryConfig, ...options }, async (request) => {
    const { deps } = await runtime();
    const task = schema.safeParse(request.data);
    if (!task.success) {
      // Will not become readable by being sent again; the sweeper looks after the job.
      const fields = task.error.issues.map((issue) => issue.path.join(".")).join(", ");
      deps.log.error("task.unreadable", { task: request.id, fields });
      return;
    }
    await run(deps, task.data);
  });
}
