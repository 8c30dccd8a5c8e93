import type { Notifier } from "../../../src/engine/ports/notifier.js";

/** What owners were told, by job: the same message twice is one. */
export interface Inbox extends Notifier {
  messages(jobId: string): ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

export function createInbox(): Inbox {
  const messages = new Map<string, Set<string>>();
  return {
    async jobEnded(job) {
      const told = messages.get(job.id) ?? new Set();
      told.add(`${job.status} ${job.error?.code ?? ""}`);
      messages.set(job.id, told);
    },
    messages: (jobId) => messages.get(jobId) ?? none,
  };
}
