import type { JobResult } from "./delivery.js";
import { stations, type World } from "./world.js";

/** Policies without memory: the stations to try, one after the other. */
export const plainPolicies = {
  single: [0],
  retry3: [0, 0, 0],
  fallback: [0, 1, 2],
} as const;

/** An attempt is given up after this long, and a refused start has taken this long. */
const timeoutSeconds = 360;
const refusalSeconds = 1;

/**
 * They are told of an end the moment it happens, and have no other lag: in their favour, since they
 * are what ours is compared with.
 */
export function runPlain(world: World, order: readonly number[]): JobResult[] {
  return world.arrivals.map((arrival, job) => runJob(world, order, arrival, job));
}

function runJob(world: World, order: readonly number[], arrival: number, job: number): JobResult {
  const starts = stations.map(() => 0);
  let elapsed = 0;
  let paid = 0;
  for (const station of order) {
    const start = starts[station] ?? 0;
    starts[station] = start + 1;
    const fate = world.fate(job, station, start, arrival + elapsed * 1_000);
    if (fate.type === "refused") {
      elapsed += refusalSeconds;
      continue;
    }
    // Given up, and billed all the same when it succeeds later or never ends.
    if (fate.type !== "failed") paid += 1;
    if (fate.type === "succeeded" && fate.seconds <= timeoutSeconds) {
      return { seconds: elapsed + fate.seconds, paid };
    }
    elapsed += fate.type === "stuck" ? timeoutSeconds : Math.min(fate.seconds, timeoutSeconds);
  }
  return { seconds: null, paid };
}
