import { compositeAttempt, type Job } from "../domain/job/job.js";
import type { Deps } from "./deps.js";
import { taskName, toPollTask } from "./tasks.js";

/** Has the whole looked at now, because this part has come further. Its polls would find out later. */
export async function tellWhole(deps: Deps, part: Job): Promise<void> {
  if (part.partOf === undefined) return;
  const whole = await deps.jobs.get(part.partOf.jobId);
  const attempt = compositeAttempt(whole);
  const poll = whole === null || attempt === undefined ? null : toPollTask(deps, whole, attempt);
  if (poll === null) return;
  const name = taskName(`part:${part.id}:${part.status}:${attempt?.state}`);
  await deps.queue.enqueue(name, poll, deps.now());
}
