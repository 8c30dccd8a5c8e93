import type { Job } from "../../domain/job/job.js";

export interface Notifier {
  /**
   * Tells the owner that a job has ended; called at least once per job. `lowBalance` is what is left of their
   * credits, when the policy calls that low.
   */
  jobEnded(job: Job, lowBalance: number | null): Promise<void>;
}
