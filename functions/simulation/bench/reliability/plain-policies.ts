import { median, rounded } from "../../kit/figures.js";
import { syntheticProviders, type World } from "./world.js";

/** How one job ended for the one who waited for it. */
export interface JobResult {
  /** From the request to the stored file; `null` when there is none. */
  readonly seconds: number | null;
  /** Generations that are billed: all that were accepted and did not fail by themselves. */
  readonly paid: number;
}

export interface Delivery {
  /** Fractions of the jobs that were delivered within 5, 10 and 15 minutes. */
  readonly d5: number;
  readonly d10: number;
  readonly d15: number;
  readonly paidPerDelivered: number;
  readonly p50Seconds: number;
  /** Half the width of the 95 % interval of `d10`, from days of the run as batches. */
  readonly d10Margin: number;
}

/** `results` in the order of arrival. */
export function toDelivery(results: readonly JobResult[]): Delivery {
  const within = (minutes: number) => share(results, minutes * 60);
  const delivered = results.filter(({ seconds }) => seconds !== null);
  const paid = results.reduce((sum, result) => sum + result.paid, 0);
  return {
    d5: rounded(within(5), 6),
    d10: rounded(within(10), 6),
    d15: rounded(within(15), 6),
    paidPerDelivered: rounded(paid / delivered.length, 4),
    p50Seconds: rounded(median(delivered.map(({ seconds }) => seconds ?? 0)), 1),
    d10Margin: rounded(batchMargin(results), 6),
  };
}

function share(results: readonly JobResult[], limitSeconds: number): number {
  const inTime = results.filter(({ seconds }) => seconds !== null && seconds <= limitSeconds);
  return inTime.length / results.length;
}

/**
 * Jobs of one outage share their misfortune, so that misses come in groups: batches that are much
 * longer than an outage are independent where single jobs are not.
 */
function batchMargin(results: readonly JobResult[], batches = 50): number {
  const size = Math.floor(results.length / batches);
  if (size < 1) return 0;
  const shares = Array.from({ length: batches }, (_, index) =>
    share(results.slice(index * size, (index + 1) * size), 600),
  );
  const mean = shares.reduce((sum, value) => sum + value, 0) / batches;
  const variance = shares.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (batches - 1);
  return 1.96 * Math.sqrt(variance / batches);
}

/** Policies without memory: the providers to try, one after the other. */
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
  const starts = syntheticProviders.map(() => 0);
  let elapsed = 0;
  let paid = 0;
  for (const provider of order) {
    const start = starts[provider] ?? 0;
    starts[provider] = start + 1;
    const outcome = world.outcome(job, provider, start, arrival + elapsed * 1_000);
    if (outcome.type === "refused") {
      elapsed += refusalSeconds;
      continue;
    }
    // Given up, and billed all the same when it succeeds later or never ends.
    if (outcome.type !== "failed") paid += 1;
    if (outcome.type === "succeeded" && outcome.seconds <= timeoutSeconds) {
      return { seconds: elapsed + outcome.seconds, paid };
    }
    elapsed += outcome.type === "stuck" ? timeoutSeconds : Math.min(outcome.seconds, timeoutSeconds);
  }
  return { seconds: null, paid };
}
