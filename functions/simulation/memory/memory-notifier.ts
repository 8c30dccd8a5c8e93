import type { Job } from "../../src/domain/job/job.js";
import type { Notifier } from "../../src/engine/ports/notifier.js";

export interface MemoryNotifier extends Notifier {
  /** Every call, oldest first, repetitions included. */
  readonly ended: readonly Job[];
}

export function memoryNotifier(): MemoryNotifier {
  const ended: Job[] = [];
  return {
    ended,
    async jobEnded(job) {
      ended.push(job);
    },
  };
}
