import { type Job, watchedAttempts } from "../../domain/job/job.js";
import { advance } from "../composite/advance.js";
import { partsOf } from "../composite/parts.js";
import type { Deps } from "../deps.js";
import { toPollTask } from "../tasks.js";
import { pollJob } from "./poll-job.js";

/**
 * When each attempt was last asked about on demand by this instance: a client that asks again and
 * again reaches the provider no more often than its poll floor.
 */
export interface RefreshGate {
  allows(key: string, floorMs: number, now: number): boolean;
}

export function createRefreshGate(): RefreshGate {
  const lastAskedAt = new Map<string, number>();
  return {
    allows(key, floorMs, now) {
      const last = lastAskedAt.get(key);
      if (last !== undefined && now - last < floorMs) return false;
      if (lastAskedAt.size > 1_000) lastAskedAt.clear();
      lastAskedAt.set(key, now);
      return true;
    },
  };
}

/** A whole is looked at no more often than this because a client asks. */
const wholeFloorMs = 10_000;

/** Asks the provider now instead of at the next poll. Safe beside the normal polls. */
export async function refreshJob(deps: Deps, job: Job, gate: RefreshGate): Promise<Job> {
  if (job.status !== "generating") return job;
  if (job.composition !== undefined) await refreshParts(deps, job, gate);
  for (const attempt of watchedAttempts(job)) {
    const poll = toPollTask(deps, job, attempt);
    if (poll === null || !gate.allows(attempt.idempotencyKey, poll.timing.floorMs, deps.now())) continue;
    await pollJob(deps, poll);
  }
  return (await deps.jobs.get(job.id)) ?? job;
}

async function refreshParts(deps: Deps, whole: Job, gate: RefreshGate): Promise<void> {
  for (const { job } of await partsOf(deps, whole)) if (job !== null) await refreshJob(deps, job, gate);
  if (gate.allows(whole.id, wholeFloorMs, deps.now())) await advance(deps, whole.id);
}
