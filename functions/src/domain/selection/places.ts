import type { ModelRequest } from "../request/request.js";

/** The part of a model's places up to which requests of a priority may fill it. */
const shares: Readonly<Record<ModelRequest["priority"], number>> = { low: 0.5, normal: 0.9, high: 1 };

/**
 * How many jobs may run in a model when one of this priority is to join them: what is left stays free
 * for the more urgent. At least one, or nobody could have a place that is the only one. `null` where
 * the vendor queues by itself.
 */
export function placesFor(
  priority: ModelRequest["priority"],
  concurrency: number | undefined,
): number | null {
  return concurrency === undefined ? null : Math.ceil(concurrency * shares[priority]);
}
